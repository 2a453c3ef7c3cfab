import fc from 'fast-check';
import { mutatedDocument } from '../test/hostile-text.js';
import { toldInWords } from '../test/issues.js';
import { analyze } from './analyze/analyze.js';
import { compile } from './compile/compile.js';
import { parsePath } from './fields/path.js';
import type { Issue } from './issue.js';
import { parse } from './parse/parse.js';
import { validate } from './validate/validate.js';

/** What they are about is a document as a whole, or all of them. */
const ofDocuments: ReadonlySet<string> = new Set([
  'delegate-unused',
  'document-not-a-resource',
  'kind-ignored',
  'no-services',
]);

function issuesOf(text: string): Issue[] {
  const { resources, issues } = parse(text, 'rules.yaml');
  const found = [...issues, ...validate(resources)];
  if (found.some(({ severity }) => severity === 'error')) return found;
  const workload = { namespace: 'hello-page', labels: { app: 'hello-page' } };
  return [...found, ...analyze(compile(resources, workload), {})];
}

/** Whether there is such a field in the document, or an object or nothing in which it could be. */
function isPlace(document: unknown, path: string): boolean {
  let value = document;
  for (const step of parsePath(path)) {
    if (value === undefined || value === null) return true;
    if (typeof value !== 'object') return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return true;
}

it('every issue is told in words and names a field of the document, whatever is wrong in it', () => {
  const property = (text: string) => {
    for (const issue of issuesOf(text)) {
      const { code, path } = issue;
      // It names the kind, whatever that is.
      if (code !== 'kind-ignored') toldInWords(issue);
      expect([text, code, path]).toEqual([
        text,
        code,
        ofDocuments.has(code) ? '' : expect.stringMatching(/./),
      ]);
      expect([code, path, isPlace(JSON.parse(text), path)]).toEqual([code, path, true]);
    }
  };
  fc.assert(fc.property(mutatedDocument, property), { seed: 1, numRuns: 500 });
});
