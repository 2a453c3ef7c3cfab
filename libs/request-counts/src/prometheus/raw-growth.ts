import type { SeriesPoint } from '../cursor.js';
import type { RawSample, RawSeries } from './prometheus-client.js';
import type { TargetHistory } from './target-history.js';

/** How much a series grew since its last known point. */
export interface RawGrowth {
  by: number;
  /** Whether its first value had to serve as the baseline. */
  isBlind: boolean;
  /** Its newest point; undefined when it has none yet. */
  point: SeriesPoint | undefined;
}

/**
 * Counts raw samples one by one, as `increase` cannot: it extrapolates, and misses what a new series begins with.
 * @param startedAt when counting began, in seconds since the epoch; samples until then are the baseline
 */
export function rawGrowth(
  { labels, samples }: RawSeries,
  known: SeriesPoint | undefined,
  targets: TargetHistory,
  startedAt: number,
): RawGrowth {
  const growth: RawGrowth = { by: 0, isBlind: false, point: known };
  for (const sample of samples) {
    const [seconds, value] = sample;
    if (growth.point !== undefined && seconds <= growth.point[0]) continue;
    if (growth.point !== undefined) growth.by += value - baseAfter(growth.point, sample);
    else if (seconds > startedAt) {
      growth.isBlind = !beginsAtZero(seconds);
      growth.by += growth.isBlind ? 0 : value;
    }
    growth.point = [seconds, value];
  }
  return growth;

  /** A fall is a reset; so is a series that a successful scrape in between did not have, though it comes back higher. */
  function baseAfter([before, last]: SeriesPoint, [seconds, value]: RawSample): number {
    if (before <= startedAt && seconds <= startedAt) return value;
    const isReset =
      value < last ||
      targets.succeededBetween(labels, before, seconds) ||
      targets.restartedBetween(labels, before, seconds);
    return isReset ? 0 : last;
  }

  function beginsAtZero(seconds: number): boolean {
    return (
      targets.succeededBetween(labels, Number.NEGATIVE_INFINITY, seconds) || targets.isNewAt(labels, seconds)
    );
  }
}
