// Runs in each test file before its tests. Stryker notes which places each test runs, but what a `beforeAll` runs belongs to no test for
// it and would be left out: here it belongs to every test of the file, since any of them may look at what was made there. It also
// notes the places by file, for covering-files.cjs.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { __stryker__: stryker } = globalThis;
const { testPath } = expect.getState();
const hook = `beforeAll of ${testPath}`;
const tests = new Set();

if (stryker !== undefined && process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) {
  const { beforeAll: whenDone } = globalThis;
  globalThis.beforeAll = (run, timeout) =>
    whenDone(async () => {
      stryker.currentTestId = hook;
      try {
        await run();
      } finally {
        stryker.currentTestId = undefined;
      }
    }, timeout);
  beforeEach(() => tests.add(expect.getState().currentTestName));
  afterAll(() => {
    const { perTest = {} } = stryker.mutantCoverage ?? {};
    shareHooks(perTest);
    const mutants = new Set();
    for (const test of tests) for (const mutant in perTest[test]) mutants.add(mutant);
    const name = `${createHash('sha256').update(testPath).digest('hex')}.json`;
    writeFileSync(
      join(process.env.COVERED_MUTANTS, name),
      JSON.stringify({ testPath, mutants: [...mutants] }),
    );
  });
}

function shareHooks(perTest) {
  const covered = perTest[hook];
  delete perTest[hook];
  if (covered === undefined) return;
  for (const test of tests) {
    perTest[test] ??= {};
    const own = perTest[test];
    for (const [mutant, count] of Object.entries(covered)) own[mutant] = (own[mutant] ?? 0) + count;
  }
}
