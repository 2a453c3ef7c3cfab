import type { ArmCounts, Caller, CountQuestion } from '@grayscale/release';
import type { Reporter } from './cursor.js';
import type { Labels } from './labels.js';
import { outcomeOf } from './outcome.js';

/** Istio's counter of requests. */
export const requestsMetric = 'istio_requests_total';
/** The buckets of Istio's histogram of durations, in milliseconds. */
export const durationBuckets = 'istio_request_duration_milliseconds_bucket';

/** By how much a series grew. */
export interface Increment {
  labels: Labels;
  /** Name of the metric. */
  metric: string;
  by: number;
}

/** Istio's names for what no rule decides about; such a request may carry an arm's host all the same. */
const bypasses = new Set(['PassthroughCluster', 'BlackHoleCluster']);

/** The workload that a series counts the requests of. */
function callerOf(labels: Labels): Caller {
  return { namespace: labels.source_workload_namespace ?? '', workload: labels.source_workload ?? '' };
}

function callerKey({ namespace, workload }: Caller): string {
  return `${namespace}/${workload}`;
}

/**
 * Which of the question's arms a series belongs to, by key; `bypass` when it went past the rules, undefined for neither. The version
 * decides only between subsets of one host, because it says `unknown` whenever the connection failed (istio#29354).
 */
function armOf(labels: Labels, { arms }: CountQuestion): { arm: string } | 'bypass' | undefined {
  if (bypasses.has(labels.destination_service_name ?? '')) return 'bypass';
  const ofHost = arms.filter(({ host }) => labels.destination_service === host);
  const [arm] =
    ofHost.length > 1 ? ofHost.filter(({ subset }) => labels.destination_version === subset) : ofHost;
  return arm === undefined ? undefined : { arm: arm.key };
}

/** Whether a series counts requests of the callers and the arms that are asked for. */
export function concerns(labels: Labels, question: CountQuestion): boolean {
  return asksFor(question, labels) && armOf(labels, question) !== undefined;
}

function asksFor({ callers }: CountQuestion, labels: Labels): boolean {
  const { namespace, workload } = callerOf(labels);
  return (
    callers.length === 0 ||
    callers.some((caller) => caller.namespace === namespace && caller.workload === workload)
  );
}

/**
 * Settles for each caller whose report counts, once for a whole run: two reporters count the same request twice, and a change
 * half-way would count some twice and others not at all. A sidecar's own report comes first.
 */
export function settleReporters(
  known: Readonly<Record<string, Reporter>>,
  series: readonly Labels[],
): Record<string, Reporter> {
  const settled = { ...known };
  for (const reporter of ['source', 'waypoint'] as const) {
    for (const labels of series) {
      if (labels.reporter === reporter) settled[callerKey(callerOf(labels))] ??= reporter;
    }
  }
  return settled;
}

/** Adds up increments by caller and arm. @throws UnknownBound when a bound is not one of the histogram's */
export function tally(
  increments: readonly Increment[],
  question: CountQuestion,
  reporters: Readonly<Record<string, Reporter>>,
): { counts: ArmCounts[]; bypassed: number } {
  const rows = new Map<string, Row>();
  let bypassed = 0;
  for (const { labels, metric, by } of increments) {
    const caller = callerOf(labels);
    if (!asksFor(question, labels) || reporters[callerKey(caller)] !== labels.reporter) continue;
    const found = armOf(labels, question);
    if (found === 'bypass' && metric === requestsMetric) bypassed += by;
    if (typeof found !== 'object') continue;
    const key = `${found.arm} ${callerKey(caller)}`;
    const row = rows.get(key) ?? new Row(caller, found.arm);
    rows.set(key, row);
    row.add(labels, metric, by);
  }
  return { counts: [...rows.values()].map((row) => row.counts(question.bounds)), bypassed };
}

/** The question has a bound that the histogram does not have. */
export class UnknownBound extends Error {
  override readonly name = 'UnknownBound';
}

class Row {
  private readonly outcomes = { success: 0, failed: 0, gaveUp: 0 };
  private readonly within = new Map<number, number>();

  constructor(
    private readonly caller: Caller,
    private readonly arm: string,
  ) {}

  add(labels: Labels, metric: string, by: number): void {
    if (metric === requestsMetric) this.outcomes[outcomeOf(labels)] += by;
    else this.within.set(Number(labels.le), (this.within.get(Number(labels.le)) ?? 0) + by);
  }

  counts(bounds: readonly number[]): ArmCounts {
    const { success, failed, gaveUp } = this.outcomes;
    const requests = success + failed + gaveUp;
    const over: Record<number, number> = {};
    for (const bound of bounds) over[bound] = Math.max(0, requests - this.withinBound(bound, requests));
    return { caller: this.caller, arm: this.arm, requests, failed, gaveUp, over };
  }

  private withinBound(bound: number, requests: number): number {
    const within = this.within.get(bound);
    if (within !== undefined) return within;
    if (requests === 0) return 0;
    const known = [...this.within.keys()].filter(Number.isFinite).sort((a, b) => a - b);
    throw new UnknownBound(
      known.length === 0
        ? `${durationBuckets} has no bucket for ${bound} ms, so that slow requests cannot be counted`
        : `${durationBuckets} has no bucket for ${bound} ms; it has ${known.join(', ')}`,
    );
  }
}
