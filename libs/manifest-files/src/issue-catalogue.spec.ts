import { readFileSync } from 'node:fs';
import { issueCodes, parse, validate } from '@grayscale/traffic-rules';
import { explainIssueCode, issueCatalogue, renderIssueCatalogue } from './issue-catalogue.js';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

describe('the catalogue of issues', () => {
  it('is docs/issues.md, as npm run issues:write writes it', () => {
    expect(read('docs/issues.md')).toBe(renderIssueCatalogue());
  });

  it('explains every code of the engine', () => {
    for (const code of issueCodes) expect(explainIssueCode(code)).toContain(`${code}: `);
    expect(explainIssueCode('toString')).toBeUndefined();
  });

  it('has whole sentences, and two different examples', () => {
    for (const [code, { why, wrong, right }] of Object.entries(issueCatalogue)) {
      expect([code, why]).toEqual([code, expect.stringMatching(/^[A-Z`].*[.`]$/)]);
      expect([code, wrong]).not.toEqual([code, right]);
    }
  });

  it('has the severities with which the recorded documents are reported', () => {
    const recorded: { document: unknown }[] = JSON.parse(read('conformance/validation.json'));
    const other = recorded.flatMap(({ document }) => {
      const { resources, issues } = parse(JSON.stringify(document), 'a.json');
      return [...issues, ...validate(resources)]
        .filter(({ code, severity }) => {
          const kind = issueCatalogue[code];
          return severity !== kind.severity && severity !== kind.or;
        })
        .map(({ code, severity }) => `${severity} ${code}`);
    });
    expect(other).toEqual([]);
  });
});
