import type { Severity } from '../issue.js';
import type { IssueCode } from '../issue-codes.js';
import { formatPath } from './path.js';

/** What is wrong with one field, before its place in the file is looked up. */
export interface Problem {
  code: IssueCode;
  severity: Severity;
  path: string;
  message: string;
}

/** More fields than any hand-written document has: only aliases of aliases (`*a` within `*b` within `*c`) get there. */
const fieldLimit = 2_000_000;

class TooLarge extends Error {}

/** Where decoding stands in a document, and what it found wrong so far. */
export class Cursor {
  readonly problems: Problem[] = [];
  private readonly steps: (string | number)[] = [];
  private visited = 0;

  get failed(): boolean {
    return this.problems.some((problem) => problem.severity === 'error');
  }

  /** As in an issue's `path`. */
  get path(): string {
    return formatPath(this.steps);
  }

  /** Runs a decoder one step further down. */
  within<T>(step: string | number, decode: () => T): T {
    if (++this.visited > fieldLimit) throw new TooLarge();
    this.steps.push(step);
    const result = decode();
    this.steps.pop();
    return result;
  }

  /** Runs a decoder that may not visit more fields than the limit. */
  budget<T>(decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      this.steps.length = 0;
      return this.report(
        'yaml-too-large',
        `the document has more than ${fieldLimit} fields; its aliases multiply each other.`,
      );
    }
  }

  report(code: IssueCode, message: string, severity: Severity = 'error'): undefined {
    this.problems.push({ code, severity, path: this.path, message });
    return undefined;
  }
}
