import type { Reader } from './reader.js';
import type { Accept, RequestView, Source } from './rule.js';

/** A rule with its names checked and its reader chosen. */
export interface CompiledRule {
  /** Its place in the options, such as `rules[2]`. */
  readonly where: string;
  /** For people: the header, or `baggage:member`. */
  readonly name: string;
  readonly source: Source;
  /** What is read: a header in lower case, or the name of a parameter, cookie or member. */
  readonly from: string;
  /** Whether another rule feeds the same place: the first that finds a value wins. */
  readonly contested: boolean;
  readonly read: Reader;
  /** Finds the value where this rule would have put it, in headers that `current()` gave. */
  readonly readOutgoing: Reader;
  /** The outgoing header; undefined when the value becomes a member of `baggage`. */
  readonly header: string | undefined;
  readonly member: string | undefined;
  readonly accept: Accept;
  readonly filter: ((value: string) => boolean) | undefined;
  readonly characters: RegExp | undefined;
  readonly maxLength: number | undefined;
  readonly default: string | (() => string | undefined) | undefined;
  /** Makes the value from the request, in place of `read`. */
  readonly value: ((request: RequestView) => string | undefined) | undefined;
  /** What becomes of the bytes that were read before they are sent. */
  readonly transform: ((bytes: string) => string) | undefined;
}
