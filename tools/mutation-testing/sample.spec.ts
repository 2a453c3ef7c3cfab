import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutantsOf } from './mutants.js';
import { projects } from './projects.js';
import { rank } from './sample.js';
import { scoreOf } from './score.js';

async function mutantsOfText(text: string) {
  const file = join(tmpdir(), `mutants-${process.pid}.ts`);
  writeFileSync(file, text);
  return mutantsOf([file]);
}

it('finds the mutants that Stryker makes', async () => {
  const mutants = await mutantsOfText('export const more = (a: number, b: number) => a + b;');
  expect(mutants.map(({ mutatorName, replacement }) => [mutatorName, replacement])).toEqual([
    ['ArrowFunction', '() => undefined'],
    ['ArithmeticOperator', 'a - b'],
  ]);
});

it('draws the same sample for the same seed, and another one for another', async () => {
  const line = '  [a + b, a - b, a * b, a < b, a > b],\n';
  const mutants = await mutantsOfText(`export const f = (a: number, b: number) => [\n${line.repeat(60)}];`);
  const drawn = (seed: number) => mutants.filter((mutant) => rank(seed, mutant) < 0.25);
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
  expect(drawn(1).length / mutants.length).toBeCloseTo(0.25, 1);
  expect(new Set(mutants.map((mutant) => rank(1, mutant))).size).toBe(mutants.length);
});

it('counts what could be run, with an interval', () => {
  const results = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'RuntimeError'].flatMap(
    (status, index) => Array.from({ length: 10 * (index + 1) }, () => ({ status })),
  );
  const { killed, of, interval } = scoreOf(results as never);
  expect([killed, of]).toEqual([30, 100]);
  // Wilson's interval for 30 of 100, as in tables.
  expect(interval.map((share) => share.toFixed(4))).toEqual(['0.2189', '0.3959']);
});

it('the script names the projects that there are', () => {
  const text = readFileSync(new URL('../../docs/mutation-testing.md', import.meta.url), 'utf8');
  for (const name of Object.keys(projects)) expect(text).toContain(`\`${name}\``);
});
