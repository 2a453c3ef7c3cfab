import { readYaml } from '@grayscale/traffic-rules';
import { CaseReader, MalformedCases } from './case-reader.js';
import type { TestCase } from './test-case.js';

/**
 * Reads a file of test cases, in the format of istio-config-validator with additions of our own.
 * @throws MalformedCases with file, line and column of the first thing that is wrong
 */
export function parseCases(text: string, file: string): TestCase[] {
  const { documents, issues } = readYaml(text, file);
  const [problem] = issues;
  if (problem !== undefined) throw new MalformedCases(problem, problem.message);
  const cases = documents.flatMap(({ value, source }) => {
    if (typeof value !== 'object' || Array.isArray(value))
      throw new MalformedCases(source, 'A file of cases begins with testCases: and a list.');
    return new CaseReader(value, (path) => source.locatePath(path)).cases();
  });
  if (cases.length === 0)
    throw new MalformedCases({ file, line: 1, column: 1 }, 'There is no case; write testCases: and a list.');
  return cases;
}
