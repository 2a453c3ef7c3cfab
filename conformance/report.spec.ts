import { readFileSync } from 'node:fs';
import { loadCases } from './src/cases.ts';
import { knownDifferences } from './src/known-differences.ts';
import { renderReport } from './src/report.ts';

describe('REPORT.md', () => {
  it('is what npm run conformance:report writes', () => {
    const written = readFileSync(new URL('REPORT.md', import.meta.url), 'utf8');
    expect(written).toBe(renderReport(loadCases(), knownDifferences));
  });

  it('names each known difference with its reason', () => {
    const [first] = loadCases();
    if (first === undefined) throw new Error('no case');
    const known = { id: first.id, exchange: 0, by: 'engine', kind: 'missing', reason: 'a reason' } as const;
    const report = renderReport([first], [known]);
    expect(report).toContain(`- a reason (engine): ${first.id} 0`);
    expect(report).toContain(`${first.exchanges.length - 1} of ${first.exchanges.length}`);
  });
});
