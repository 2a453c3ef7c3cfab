// `npm run conformance:report` writes REPORT.md anew.
import { writeFileSync } from 'node:fs';
import { loadCases } from './src/cases.ts';
import { knownDifferences } from './src/known-differences.ts';
import { renderReport } from './src/report.ts';

writeFileSync(new URL('REPORT.md', import.meta.url), renderReport(loadCases(), knownDifferences));
