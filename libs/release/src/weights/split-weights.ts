/** Weights as whole numbers whose shares are exactly the wanted ones, or the nearest share for which there are such weights. */
export type SplitWeights =
  | { kind: 'weights'; weights: number[] }
  /** `nearest` in percent. */
  | { kind: 'refused'; nearest: number };

/** Istio takes more; nobody reads more. */
const largestTotal = 1_000_000;
/** A percentage with four decimals is a whole number of these. */
const whole = 1_000_000n;

/**
 * The weights with which one destination gets a share of the rule's requests, and the others what is left, in the shares that they have among
 * themselves. The total stays what it is where that is exact (90/10 becomes 75/25), else it is the smallest that is.
 *
 * @param current the weights that say how the others share, usually those of the start; whole and not negative. If the others have none,
 *   `fallback` alone gets what is left.
 * @param index the destination.
 * @param percent its share, with up to four decimals.
 * @param fallback another destination.
 */
export function splitWeights(
  current: readonly number[],
  index: number,
  percent: number,
  fallback: number,
): SplitWeights {
  const others: number[] = current.map((weight, at) => (at === index ? 0 : weight));
  if (!others.some((weight) => weight > 0)) others[fallback] = 1;
  const total = current.reduce((sum, weight) => sum + weight, 0);
  const parts = Math.round(percent * 10_000);
  const exact = exactWeights(others, index, parts, total);
  if (exact !== undefined) return { kind: 'weights', weights: exact };
  // Zero would be wrong for somebody who wants a little; everything always fits, so the search ends.
  for (let away = 1; ; away++)
    for (const near of [parts - away, parts + away])
      if (near > 0 && near <= Number(whole) && exactWeights(others, index, near, total) !== undefined)
        return { kind: 'refused', nearest: near / 10_000 };
}

/** Undefined where the smallest exact total is too large. */
function exactWeights(
  others: readonly number[],
  index: number,
  parts: number,
  total: number,
): number[] | undefined {
  const shared = BigInt(others.reduce((sum, weight) => sum + weight, 0));
  // Each share as a fraction over one denominator, then as small as they go together.
  const denominator = whole * shared;
  const numerators = others.map((weight, at) =>
    at === index ? BigInt(parts) * shared : (whole - BigInt(parts)) * BigInt(weight),
  );
  const common = numerators.reduce(greatestCommonDivisor, denominator);
  const smallest = denominator / common;
  // A total that is kept may be larger than the limit: it was the user's own.
  const kept = total > 0 && BigInt(total) % smallest === 0n ? BigInt(total) : smallest;
  if (smallest > largestTotal) return undefined;
  return numerators.map((numerator) => Number((numerator / common) * (kept / smallest)));
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** A destination's share in percent; 0 where no weight is written at all. */
export function shareOf(weights: readonly number[], index: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 0 : ((weights[index] ?? 0) / total) * 100;
}
