import type { MatchedHeader } from './rules/rule.js';

/** One value, or several where the header came more than once. Each character is one byte (Latin-1). */
export type HeaderValue = string | readonly string[];

/** Headers by their names in lower case. */
export type HeaderRecord = Readonly<Record<string, HeaderValue>>;

/**
 * Why a value was not captured: `characters` (a control character, or not what the rule allows), `length` (over
 * `valueBytes`), `count` (over `headers` or `totalBytes`), `filter` (the rule's own), `accept` (the caller may not
 * set it).
 */
export type DropReason = 'characters' | 'length' | 'count' | 'filter' | 'accept';

/** A value that was refused. The value itself is not kept: it is hostile, large, or both. */
export interface Dropped {
  /** The header, or `baggage:member`, that it would have become. */
  readonly name: string;
  readonly reason: DropReason;
}

/** What one incoming request gave: what goes out with the requests that it causes. */
export interface Captured {
  readonly headers: HeaderRecord;
  /** Members for the outgoing `baggage` header by their keys, as `key=value;property`. */
  readonly baggage: Readonly<Record<string, string>>;
  readonly dropped: readonly Dropped[];
  /** Matched headers that the request brought and that do not go out, for a notice. */
  readonly lost?: readonly MatchedHeader[] | undefined;
}

/** One object for every request that brings nothing: no allocation on that path. */
export const NOTHING_CAPTURED: Captured = Object.freeze({
  headers: Object.freeze({}),
  baggage: Object.freeze({}),
  dropped: Object.freeze([]),
});
