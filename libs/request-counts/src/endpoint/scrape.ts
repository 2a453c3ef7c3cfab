import type { CountQuestion } from '@grayscale/release';
import type { ProcessAge } from '../cursor.js';
import type { Sample } from '../exposition.js';
import { concerns, durationBuckets, requestsMetric } from '../tally.js';

/** What prom-client and Go report of their process, and what Envoy does. */
const startTimeMetric = 'process_start_time_seconds';
const uptimeMetric = 'envoy_server_uptime';

/** The metrics that a reading needs. */
export const scrapedMetrics: ReadonlySet<string> = new Set([
  requestsMetric,
  durationBuckets,
  startTimeMetric,
  uptimeMetric,
]);

/** One answer of a metrics endpoint, as far as it concerns the question. */
export interface Scrape {
  /** Milliseconds since the epoch. */
  at: number;
  process: ProcessAge;
  samples: Sample[];
}

/** Leaves out what the question does not ask for. */
export function scrapeOf(samples: readonly Sample[], question: CountQuestion, at: number): Scrape {
  const metrics = new Set([requestsMetric, ...(question.bounds.length > 0 ? [durationBuckets] : [])]);
  return {
    at,
    process: processAge(samples),
    samples: samples.filter(({ name, labels }) => metrics.has(name) && concerns(labels, question)),
  };
}

/**
 * A start time tells nothing where there is an Envoy, or more than one: Istio's agent merges the metrics of the application and its own
 * into Envoy's, and an application that starts again is not a reset of Envoy's counters.
 */
function processAge(samples: readonly Sample[]): ProcessAge {
  const values = (metric: string) => samples.flatMap(({ name, value }) => (name === metric ? [value] : []));
  const [uptime] = values(uptimeMetric);
  if (uptime !== undefined) return { uptime };
  const [startTime, ...others] = values(startTimeMetric);
  return startTime === undefined || others.length > 0 ? {} : { startTime };
}
