import { evidenceAbove, evidenceBelow } from '../statistics/rate-evidence.js';
import type { Tally } from '../statistics/tally.js';

/** A contradiction by chance costs only time, and is this rare. */
const doubt = Math.log(1000);
/** Smaller deviations than a tenth of the smaller side are retries, requests in flight, or callers of another kind. */
const tolerance = 0.1;
const least = 0.0005;

/**
 * Whether the observed share cannot be the written one.
 * @param observed all requests of the two arms; `bad` are those of the canary.
 * @param percent as written.
 */
export function contradictsShare(observed: Tally, percent: number): boolean {
  const { requests, bad } = observed;
  if (requests === 0) return false;
  const written = percent / 100;
  const slack = Math.max(tolerance * Math.min(written, 1 - written), least);
  const share = bad / requests;
  if (share < written - slack) return evidenceBelow(observed, written) >= doubt;
  return share > written + slack && evidenceAbove(observed, written) >= doubt;
}

/**
 * ln E that the canary swallows requests: it is seen less often than the written share, and less often than the share before, so that a split
 * that is not in force yet does not explain it.
 */
export function swallowedEvidence(observed: Tally, percent: number, before: number): number {
  const lower = Math.min(percent, before) / 100;
  const { requests, bad } = observed;
  if (requests === 0 || bad >= (1 - tolerance) * lower * requests) return Number.NEGATIVE_INFINITY;
  return evidenceBelow(observed, lower);
}
