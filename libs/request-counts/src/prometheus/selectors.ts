import type { CountQuestion } from '@grayscale/release';
import { durationBuckets, requestsMetric } from '../tally.js';
import type { RawSeries } from './prometheus-client.js';
import { targetMetrics } from './target-history.js';

/** One selector for all that a look needs, so that both arms are of the same scrapes. */
export function requestSelector({ callers, arms, bounds }: CountQuestion): string {
  const metrics = bounds.length === 0 ? [requestsMetric] : [requestsMetric, durationBuckets];
  const matchers = [
    `__name__=~${alternatives(metrics)}`,
    'reporter=~"source|waypoint"',
    `destination_service=~${alternatives(arms.map(({ host }) => host))}`,
  ];
  if (callers.length > 0) {
    matchers.push(`source_workload=~${alternatives(callers.map(({ workload }) => workload))}`);
    matchers.push(`source_workload_namespace=~${alternatives(callers.map(({ namespace }) => namespace))}`);
  }
  // Prometheus 3 writes 500.0 where Envoy does 500. Counters without buckets have no `le`, which matches ''.
  const written = bounds.flatMap((bound) => [String(bound), bound.toFixed(1)]);
  if (bounds.length > 0) matchers.push(`le=~${alternatives(['', ...written])}`);
  return `{${matchers.join(',')}}`;
}

/** What tells of the targets of series; of all targets when there are no series. */
export function targetSelector(found: readonly RawSeries[]): string {
  const jobs = new Set(found.map(({ labels }) => labels.job ?? ''));
  return jobs.size === 0
    ? 'up'
    : `{__name__=~${alternatives(targetMetrics)},job=~${alternatives([...jobs])}}`;
}

/** A matcher's value that any of the texts satisfies, as a PromQL string. */
function alternatives(texts: readonly string[]): string {
  const escaped = [...new Set(texts)].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return JSON.stringify(escaped.join('|'));
}
