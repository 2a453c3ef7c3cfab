// Runs in each test file before its tests. Stryker notes which lines each test runs, but what a `beforeAll` runs belongs to no test for it
// and would be left out. Here it belongs to every test of the file, since any of them may look at what was made there.
const { __stryker__: stryker } = globalThis;

if (stryker !== undefined) {
  const hook = `beforeAll of ${expect.getState().testPath}`;
  const tests = new Set();
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
    const { [hook]: covered } = perTest;
    if (covered === undefined) return;
    delete perTest[hook];
    for (const test of tests) {
      perTest[test] ??= {};
      const own = perTest[test];
      for (const [mutant, count] of Object.entries(covered)) own[mutant] = (own[mutant] ?? 0) + count;
    }
  });
}
