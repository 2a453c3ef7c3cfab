import type { Location } from '@grayscale/traffic-rules';
import { isMap, isNode, LineCounter, parseAllDocuments } from 'yaml';
import { CaseReader, MalformedCases } from './case-reader.js';
import type { TestCase } from './test-case.js';

/**
 * Reads a file of test cases, in the format of istio-config-validator with additions of our own.
 * @throws MalformedCases with file, line and column of the first thing that is wrong
 */
export function parseCases(text: string, file: string): TestCase[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  const cases = (Array.isArray(documents) ? documents : []).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
      throw new MalformedCases({ file, line, column: col }, firstLine(error.message));
    }
    /** The place of a field; of one that is not written, its nearest parent's. */
    const locate = (path: ReadonlyArray<string | number>): Location => {
      const node = path.length === 0 ? document.contents : document.getIn(path, true);
      if (!isNode(node) && path.length > 0) return locate(path.slice(0, -1));
      const { line, col } = lines.linePos((isNode(node) && node.range?.[0]) || document.range[0]);
      return { file, line, column: col };
    };
    if (!isMap(document.contents))
      throw new MalformedCases(locate([]), 'A file of cases begins with testCases: and a list.');
    return new CaseReader(document.toJS({ maxAliasCount: 1000 }), locate).cases();
  });
  if (cases.length === 0)
    throw new MalformedCases({ file, line: 1, column: 1 }, 'There is no case; write testCases: and a list.');
  return cases;
}

function firstLine(message: string): string {
  return `${(message.split('\n', 1)[0] ?? message).replace(/ at line \d+, column \d+:?$/, '')}.`;
}
