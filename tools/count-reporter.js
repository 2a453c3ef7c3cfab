import { appendFileSync, mkdirSync } from 'node:fs';

/** Keeps the counts of each test run, so that `.ci/run` can end with the sum of all of them, and says what a run left out. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    mkdirSync('artifacts', { recursive: true });
    const {
      numPassedTests: passed,
      numFailedTests,
      numRuntimeErrorTestSuites,
      numPendingTests: skipped,
    } = results;
    const counts = { passed, failed: numFailedTests + numRuntimeErrorTestSuites, skipped };
    appendFileSync('artifacts/test-counts.jsonl', `${JSON.stringify(counts)}\n`);
    if ((process.env.SUITE ?? 'unit') === 'unit')
      console.log(
        'Left out: the real-browser tests (npm run e2e, needs Chromium), those with a real API server (npm run test:cluster, needs Go) and the long ones (npm run test:long, npm run test:soak).',
      );
  }
}
