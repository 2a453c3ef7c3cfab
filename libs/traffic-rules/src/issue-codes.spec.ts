import { readFileSync } from 'node:fs';
import { issueCodes } from './issue-codes.js';

const catalogue = readFileSync(new URL('../../../docs/issues.md', import.meta.url), 'utf8');
const documented = [...catalogue.matchAll(/^### `([^`]+)`$/gm)].map(([, code]) => code);

describe('the catalogue of issues', () => {
  it('explains every code once, in the order of the code', () => {
    expect(documented).toEqual([...issueCodes]);
  });

  it('says for every code what is wrong and what is right', () => {
    const entries = catalogue.split(/^### /m).slice(1);
    const incomplete = entries.filter(
      (entry) => !/\n(Error|Warning|Info)\. .+\n\nWrong: `.+`<br>\nRight: `.+`\n/.test(entry),
    );
    expect(incomplete).toEqual([]);
  });
});
