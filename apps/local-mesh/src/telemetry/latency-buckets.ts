/** Upper bounds in milliseconds: Envoy's default histogram buckets, which Istio's metrics have. */
export const latencyBucketsMs: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/** The index of the first bucket that holds a value; the number of buckets when only `+Inf` does. */
export function bucketOf(milliseconds: number): number {
  let index = 0;
  while (index < latencyBucketsMs.length && milliseconds > (latencyBucketsMs[index] as number)) index += 1;
  return index;
}
