import { alternatives } from './harm.js';

export interface Situation {
  /** The ratio that the guard allows. */
  ratio: number;
  /** ln of what aborts. */
  needed: number;
  /** Requests of both arms. */
  canary: number;
  stable: number;
  /** The share of stable's requests that fail. */
  stableRate: number;
}

/** Nine times in ten. */
const deviations = 1.28;

/**
 * The smallest ratio of the arms' failure rates that the ratio test notices nine times in ten, to two digits; by the normal approximation of its
 * best alternative. Undefined when not even a canary that always fails would be noticed.
 */
export function smallestRatioNoticed(situation: Situation): number | undefined {
  const worst = 1 / situation.stableRate;
  if (!isNoticed(situation, worst)) return undefined;
  let [low, high] = [situation.ratio, worst];
  for (let round = 0; round < 60; round++) {
    const middle = Math.sqrt(low * high);
    if (isNoticed(situation, middle)) high = middle;
    else low = middle;
  }
  return Number(high.toPrecision(2));
}

function isNoticed({ ratio, needed, canary, stable, stableRate }: Situation, worse: number): boolean {
  const canaryBad = canary * Math.min(worse * stableRate, 1);
  const stableBad = stable * stableRate;
  const share = (r: number) => (r * canary) / (r * canary + stable);
  const [allowed, prior] = [share(ratio), Math.log(alternatives.length)];
  return alternatives.some((alternative) => {
    const assumed = share(alternative * ratio);
    const [up, down] = [Math.log(assumed / allowed), Math.log((1 - assumed) / (1 - allowed))];
    const mean = canaryBad * up + stableBad * down;
    const deviation = Math.sqrt(canaryBad * up ** 2 + stableBad * down ** 2);
    return mean - deviations * deviation - prior >= needed;
  });
}
