import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileIssueCodes } from './file-issue.js';

it('has every code in docs/file-issues.md, and no other', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../docs/file-issues.md'), 'utf8');
  const documented = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(documented).toEqual([...fileIssueCodes]);
});
