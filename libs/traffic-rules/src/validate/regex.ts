import { RE2JS, RE2JSSyntaxException } from 're2js';
import type { Report } from './report.js';

const longest = 1024;

/** Istio checks with Go's regexp, Envoy runs RE2: one language, which re2js speaks to the message. */
export function validateRegex(pattern: string, path: string, report: Report): void {
  if (pattern === '') {
    report.error(
      'regex-invalid',
      path,
      'the regular expression is empty; write .* for anything, or leave the condition out.',
    );
  } else if (Buffer.byteLength(pattern) > longest) {
    report.error(
      'regex-invalid',
      path,
      `the regular expression is longer than ${longest} bytes; write several shorter conditions.`,
    );
  } else {
    const problem = syntaxProblem(pattern);
    if (problem !== undefined)
      report.error('regex-invalid', path, `${problem}; ${advice(pattern, problem)}.`);
  }
}

function syntaxProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof RE2JSSyntaxException
      ? error.message
      : 'the regular expression cannot be compiled';
  }
}

function advice(pattern: string, problem: string): string {
  if (/\(\?<?[=!]/.test(pattern))
    return 'RE2 has no look-ahead and no look-behind: use withoutHeaders, or a rule before this one';
  if (/\\[1-9]/.test(pattern)) return 'RE2 has no references to groups: write the text again';
  if (problem.includes('missing argument to repetition')) return 'for anything write .* rather than *';
  return 'write it in the syntax of RE2 (github.com/google/re2/wiki/Syntax)';
}
