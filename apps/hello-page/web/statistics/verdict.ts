import { wilsonInterval } from './wilson.js';

/** What the numbers say about a wanted share. */
export type Verdict =
  /** Too few requests to tell. */
  | 'too-few'
  /** The wanted share lies in the 95 % interval. */
  | 'as-expected'
  /** Outside the 95 % interval, as one honest look in twenty is: worth watching, no contradiction. */
  | 'off-but-possible'
  /** Chance does not explain it. */
  | 'contradicts-the-rule'
  /** Requests failed without a trace of where they went: the split cannot be told. */
  | 'hidden-by-errors';

/** Below this a 95 % interval is too wide to say "as expected" of anything. */
const enough = 30;

/**
 * Two-sided 99.99 %. The page looks several times a second for as long as it is open, and anyone who looks often enough sees every
 * 95 % interval miss some day; a contradiction therefore needs far more than one unlucky look.
 */
const zContradiction = 3.890592;

/** Above this share of failures that nothing attributes to a destination, no split is believed. */
const hidingErrorShare = 0.05;

export interface Seen {
  /** Requests that this share is based on. */
  count: number;
  /** All requests whose destination is known, by their answer or by the mesh's word. */
  total: number;
  /** Failures of unknown destination, which are in neither. */
  unattributedErrors: number;
}

/** Compares a wanted share (0-1) with what was seen. */
export function judge(wanted: number, seen: Seen): Verdict {
  const all = seen.total + seen.unattributedErrors;
  if (seen.unattributedErrors > all * hidingErrorShare) return 'hidden-by-errors';
  if (seen.total === 0) return 'too-few';
  if (wanted <= 0 || wanted >= 1)
    return seen.count === seen.total * wanted ? 'as-expected' : 'contradicts-the-rule';
  if (!holds(wanted, seen, zContradiction)) return 'contradicts-the-rule';
  if (seen.total < enough) return 'too-few';
  return holds(wanted, seen) ? 'as-expected' : 'off-but-possible';
}

function holds(wanted: number, seen: Seen, z?: number): boolean {
  const { low, high } = wilsonInterval(seen.count, seen.total, z);
  return low <= wanted && wanted <= high;
}
