import { logIncompleteBeta } from './special-functions.js';
import type { Tally } from './tally.js';

/**
 * Evidence about the rate of bad outcomes, valid at every look: ln of an e-process.
 *
 * Against "the rate is at most p": the mean, over q > p by Jeffreys' prior Beta(1/2, 1/2) cut off at p, of the likelihood ratio of q to p.
 * A request that fails with probability s <= p multiplies the ratio by s (q/p) + (1-s) (1-q)/(1-p) on average, which grows with s and is 1 at
 * s = p: never above 1, also when each request has a rate of its own. So the mean is a supermartingale from 1, and by Ville's
 * inequality it reaches 1/alpha with a probability of at most alpha, however often one looks. "At least p" is the mirror image.
 */
export function evidenceAbove({ requests, bad }: Tally, p: number): number {
  if (requests === 0) return 0;
  if (p >= 1) return Number.NEGATIVE_INFINITY;
  if (p <= 0) return bad > 0 ? Number.POSITIVE_INFINITY : 0;
  const good = requests - bad;
  const mixture = logIncompleteBeta(good + 0.5, bad + 0.5, 1 - p);
  return mixture - Math.log(2 * Math.acos(Math.sqrt(p))) - bad * Math.log(p) - good * Math.log1p(-p);
}

/** As {@link evidenceAbove}, against "the rate is at least p". */
export function evidenceBelow({ requests, bad }: Tally, p: number): number {
  if (requests === 0) return 0;
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return requests > bad ? Number.POSITIVE_INFINITY : 0;
  const good = requests - bad;
  const mixture = logIncompleteBeta(bad + 0.5, good + 0.5, p);
  return mixture - Math.log(2 * Math.asin(Math.sqrt(p))) - bad * Math.log(p) - good * Math.log1p(-p);
}

/** The rates that the tests above do not reject; each end misses with a probability of at most alpha, at every look. */
export interface RateInterval {
  low: number;
  high: number;
}

/**
 * @param alpha the probability for each end.
 * @param dispersion by how much failures come in bursts: the evidence is divided by it.
 */
export function rateInterval(tally: Tally, alpha: number, dispersion = 1): RateInterval {
  const wanted = -Math.log(alpha) * dispersion;
  const { requests, bad } = tally;
  if (requests === 0) return { low: 0, high: 1 };
  const rate = bad / requests;
  return {
    low: bad === 0 ? 0 : boundary(0, rate, (p) => evidenceAbove(tally, p) >= wanted),
    high: bad === requests ? 1 : boundary(1, rate, (p) => evidenceBelow(tally, p) >= wanted),
  };
}

/** Where `rejects` turns from true, at `outer`, to false, at `inner`. */
function boundary(outer: number, inner: number, rejects: (p: number) => boolean): number {
  let [rejected, kept] = [outer, inner];
  for (let round = 0; round < 100; round++) {
    const middle = (rejected + kept) / 2;
    if (middle === rejected || middle === kept) break;
    if (rejects(middle)) rejected = middle;
    else kept = middle;
  }
  return kept;
}

/** The fewest requests that show, at level alpha, a rate below `max` when `bad` of them are bad. */
export function requestsNeeded(max: number, alpha: number, bad = 0): number {
  const enough = (requests: number) =>
    bad < requests * max && evidenceBelow({ requests, bad }, max) >= -Math.log(alpha);
  let high = 1;
  while (!enough(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
