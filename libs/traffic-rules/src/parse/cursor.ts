import { formatPath } from '../fields/path.js';
import type { Problem } from '../fields/problem.js';
import type { Severity } from '../issue.js';
import type { IssueCode } from '../issue-codes.js';

/** More than this many problems of one document help nobody. */
const problemLimit = 1000;
/** What a text's aliases may add to the fields that are written. */
const aliasAllowance = 200_000;

class TooLarge extends Error {}

/**
 * How many fields may be visited in a text: every written one takes a character at least, so that only aliases of
 * aliases (`*a` within `*b` within `*c`) get further, and the work stays in proportion to the text.
 */
export class Budget {
  #left: number;

  constructor(characters: number) {
    this.#left = characters + aliasAllowance;
  }

  get spent(): boolean {
    return this.#left < 0;
  }

  take(): void {
    if (--this.#left < 0) throw new TooLarge();
  }
}

/** Where decoding stands in a document, and what it found wrong so far. */
export class Cursor {
  readonly problems: Problem[] = [];
  private readonly steps: (string | number)[] = [];

  /** @param textAt a scalar's own text, for messages */
  constructor(
    private readonly budget: Budget,
    private readonly textAt: (path: string) => string | undefined = () => undefined,
  ) {}

  get failed(): boolean {
    return this.problems.some((problem) => problem.severity === 'error');
  }

  /** The scalar here as it is written: `1.10`, which YAML reads as 1.1. */
  get writtenText(): string | undefined {
    return this.textAt(this.path);
  }

  /** As in an issue's `path`. */
  get path(): string {
    return formatPath(this.steps);
  }

  /** Runs a decoder one step further down. */
  within<T>(step: string | number, decode: () => T): T {
    this.budget.take();
    this.steps.push(step);
    const result = decode();
    this.steps.pop();
    return result;
  }

  /** Runs a decoder; gives up with a problem when the budget does not suffice. */
  withinBudget<T>(decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      this.steps.length = 0;
      return this.report(
        'yaml-too-large',
        'the aliases of this text multiply each other to more fields than can be read; write the values out.',
      );
    }
  }

  /** Whether further problems would be left out. */
  get isFull(): boolean {
    return this.problems.length >= problemLimit;
  }

  report(code: IssueCode, message: string, severity: Severity = 'error'): undefined {
    if (!this.isFull || code === 'yaml-too-large')
      this.problems.push({ code, severity, path: this.path, message });
    return undefined;
  }
}
