import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Mutants as Stryker writes them: each asks for its number, and notes that its place was run.
const source = `
const stryker = () => globalThis.__stryker__;
function active(id: string) {
  const { mutantCoverage: { static: ofNone, perTest }, currentTestId } = stryker();
  const places = currentTestId === undefined ? ofNone : (perTest[currentTestId] ??= {});
  places[id] = (places[id] ?? 0) + 1;
  if (stryker().activeMutant !== id) return false;
  if (++stryker().hitCount > stryker().hitLimit) throw new Error('limit');
  return true;
}
export const limit = active('source') ? 1 : 10;
export const double = (value: number) => (active('double') ? value + 2 : value * 2);
export const list = () => (active('list') ? [] : [1]);
export const lines = () => (active('lines') ? 1 : 2);
export const unlooked = () => (active('unlooked') ? 1 : 2);
let left = 0;
export const leave = () => (active('leave') ? ++left : left);
export const count = () => { let n = 0; while (active('endless') || n < 3) n++; return n; };
export const wait = () => (active('wait') ? new Promise(() => {}) : undefined);
`;
const specs = `
import { jest } from '@jest/globals';
import { count, double, leave, lines, list, unlooked, wait } from './source.js';

jest.setTimeout(300);
const fromFile = list();
let made: number;
beforeAll(() => { made = lines(); });
it('doubles', () => expect(double(3)).toBe(6));
describe('what was made', () => {
  it('when the file was loaded', () => expect(fromFile).toEqual([1]));
  it.each([[2]])('before all tests: %s', (expected) => { expect(made).toBe(expected); unlooked(); });
});
it('leaves nothing behind', () => expect(leave()).toBe(0));
it('ends', () => expect(count()).toBe(3));
it('waits for nothing', async () => { await wait(); });
`;
const driver = `
const { WarmTestRunner } = await import(process.argv[1]);
const runner = new WarmTestRunner({ specs: { globs: ['*.spec.ts'] } });
const { tests, mutantCoverage: { static: ofNone, perTest } } = await runner.dryRun();
const covering = (id) => Object.keys(perTest).filter((test) => id in perTest[test]);
const run = (id) =>
  runner.mutantRun({ activeMutant: { id }, testFilter: covering(id), sandboxFileName: 'source.ts', hitLimit: 100 });
const counted = Object.fromEntries(['double', 'list', 'lines'].map((id) => [id, covering(id).length]));
const outcomes = {};
for (const id of ['double', 'list', 'lines', 'unlooked', 'endless', 'wait', 'leave'])
  outcomes[id] = await run(id).then(({ status, killedBy }) => [status, ...(killedBy ?? [])], ({ message }) => [message]);
outcomes.again = (await run('double')).status;
console.log(JSON.stringify({
  passed: tests.filter(({ status }) => status === 0).map(({ id }) => id), onLoad: Object.keys(ofNone),
  counted, outcomes }));
process.exit(0);
`;

it('keeps everything loaded, and tells by which test a mutant is noticed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'warm-tests-'));
  const [runner, hooks] = ['test-runner.ts', 'source-hooks.ts'].map((name) =>
    join(import.meta.dirname, name),
  );
  try {
    writeFileSync(join(folder, 'source.ts'), source);
    writeFileSync(join(folder, 'our.spec.ts'), specs);
    const printed = execFileSync(
      process.execPath,
      ['--no-warnings', `--import=${hooks}`, '--input-type=module', '-e', driver, `${runner}`],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(JSON.parse(printed)).toEqual({
      passed: [
        'our.spec.ts: doubles',
        'our.spec.ts: what was made when the file was loaded',
        'our.spec.ts: what was made before all tests: 2',
        'our.spec.ts: leaves nothing behind',
        'our.spec.ts: ends',
        'our.spec.ts: waits for nothing',
      ],
      onLoad: ['source', 'list'],
      counted: { double: 1, list: 6, lines: 6 },
      outcomes: {
        double: ['killed', 'our.spec.ts: doubles'],
        list: ['killed', 'our.spec.ts: what was made when the file was loaded'],
        lines: ['killed', 'our.spec.ts: what was made before all tests: 2'],
        unlooked: ['survived'],
        endless: ['timeout'],
        wait: ['timeout'],
        // It fails without the mutant, too, by what the mutant has left in the process: no word about the mutant.
        leave: [expect.stringMatching('leaves nothing behind fails without a mutant')],
        again: 'killed',
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
