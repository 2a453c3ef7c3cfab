import type { Captured } from './captured.js';
import type { MatchedHeader } from './rules/rule.js';

/** How many different hosts are counted, and notices given, at most: hosts may come from outside. */
const MOST = 100;

/** What did not go out, and why: counted, and told to a developer once. */
export class Notices {
  readonly #matched: readonly MatchedHeader[];
  readonly #say: ((message: string) => void) | undefined;
  readonly #said = new Set<string>();
  readonly #withheld = new Map<string, number>();

  /** @param say undefined: nothing is told */
  constructor(matched: readonly MatchedHeader[], say: ((message: string) => void) | undefined) {
    this.#matched = say === undefined ? [] : matched;
    this.#say = say;
  }

  /** Whether there is anything to look for in a request that brings nothing to send on. */
  get wanted(): boolean {
    return this.#matched.length > 0;
  }

  /** A host that is not among the targets. */
  withheld(host: string): void {
    const name = this.#withheld.has(host) || this.#withheld.size < MOST ? host : '*';
    this.#withheld.set(name, (this.#withheld.get(name) ?? 0) + 1);
    this.#once(
      `target ${host}`,
      () =>
        `"${host}" got none of this request's headers: it is not among "targets". Add it there if it is to receive them.`,
    );
  }

  /** Requests by hosts that are not among the targets; `*` for those after the 100th. */
  withheldCounts(): Record<string, number> {
    return Object.fromEntries(this.#withheld);
  }

  /** The matched headers that a request brought and that are not among what goes out. */
  lost(
    arrived: (name: string) => boolean,
    captured: Captured['headers'],
  ): readonly MatchedHeader[] | undefined {
    if (this.#matched.length === 0) return undefined;
    const lost = this.#matched.filter(({ header }) => {
      const name = header.toLowerCase();
      return !Object.hasOwn(captured, name) && arrived(name);
    });
    return lost.length === 0 ? undefined : lost;
  }

  /** A request to a target that goes without headers that a rule matches on. */
  matchedNotSent(lost: readonly MatchedHeader[], dropped: Captured['dropped'], host: string): void {
    for (const { header, place } of lost) {
      this.#once(`header ${header}`, () => {
        const reason = dropped.find(({ name }) => name === header.toLowerCase())?.reason;
        const why =
          reason === undefined
            ? 'no rule takes it from the request: add it to "rules"'
            : `it was dropped (${reason})`;
        return `"${header}" arrived and did not go to "${host}", where ${place} matches on it: ${why}.`;
      });
    }
  }

  #once(key: string, message: () => string): void {
    if (this.#say === undefined || this.#said.has(key) || this.#said.size >= MOST) return;
    this.#said.add(key);
    this.#say(message());
  }
}

/** Whether to tell: while a program is developed, which is unless somebody says otherwise. */
export function noticesByDefault(): boolean {
  return !['production', 'test'].includes(process.env.NODE_ENV ?? '');
}
