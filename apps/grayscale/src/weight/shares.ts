/** A weight's exact share of a total: `90 %`, `0.0001 %`, or `1/3 (33.3333 %)` where four decimals do not say it. */
export function shareText(weight: number, total: number): string {
  const percent = percentOf(weight, total);
  if (percent === undefined) return 'unknown';
  const rounded = `${Number(percent.toFixed(4))} %`;
  if ((BigInt(weight) * 1_000_000n) % BigInt(total) === 0n) return rounded;
  const common = greatestCommonDivisor(weight, total);
  return `${weight / common}/${total / common} (${rounded})`;
}

/** Undefined where no share can be told: a total of 0, or something that is not a whole number. */
export function percentOf(weight: number, total: number): number | undefined {
  if (!Number.isSafeInteger(weight) || !Number.isSafeInteger(total) || total <= 0 || weight < 0)
    return undefined;
  return (100 * weight) / total;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

export function totalOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
