import type { CaseResult } from '../cases/run-case.js';

/** The results for a person: a line for each case, and what went wrong below it. */
export function textReport(results: readonly CaseResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const requests = results.reduce((sum, { testCase }) => sum + testCase.requests.length, 0);
  const summary = `${results.length - failed} of ${results.length} cases passed, ${requests} requests`;
  return [...results.flatMap(caseLines), summary].map((line) => `${line}\n`).join('');
}

function caseLines({ testCase, failures }: CaseResult): string[] {
  const { description, location, requests } = testCase;
  const count = `${requests.length} request${requests.length === 1 ? '' : 's'}`;
  if (failures.length === 0) return [`ok      ${description} (${count})`];
  return [`FAILED  ${description} (${location.file}:${location.line})`, ...failures.flatMap(failureLines)];
}

/** What one failed request was, what was wanted, and why it came otherwise. */
export function failureLines({
  request,
  differences,
  explanation,
}: CaseResult['failures'][number]): string[] {
  const headers = request.headers.map((header) => `  -H '${header}'`).join('');
  return [
    `  ${request.method} ${request.url}${headers}`,
    ...differences.map((difference) => `    ${difference}`),
    ...explanation
      .trimEnd()
      .split('\n')
      .map((line) => `    | ${line}`),
  ];
}
