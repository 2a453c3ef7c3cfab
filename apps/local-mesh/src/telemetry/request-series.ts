import type { Workload } from '@grayscale/traffic-rules';
import type { AccessRecord } from '../proxy/access-record.js';
import { type IstioLabels, istioLabels } from './istio-labels.js';
import { bucketOf, latencyBucketsMs } from './latency-buckets.js';

/** Everything that is counted for one set of labels. */
export interface RequestSeries {
  readonly labels: IstioLabels;
  requests: number;
  durationSumMs: number;
  /** Requests per bucket, not cumulated; the last one is `+Inf`. */
  readonly buckets: number[];
}

/**
 * Counts requests by label set. Labels are made once for each set, and a request costs one look-up: prom-client's own
 * counters would hash some 25 labels for each of them.
 */
export class RequestSeriesTable {
  private readonly series = new Map<string, RequestSeries>();

  constructor(private readonly workload: Workload) {}

  record(record: AccessRecord): void {
    const series = this.seriesOf(record);
    series.requests += 1;
    series.durationSumMs += record.durationMs;
    const bucket = bucketOf(record.durationMs);
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
  }

  values(): IterableIterator<RequestSeries> {
    return this.series.values();
  }

  private seriesOf(record: AccessRecord): RequestSeries {
    const flags = record.flags.length === 0 ? '-' : record.flags.join(',');
    const key = `${record.upstreamCluster} ${record.status} ${flags} ${record.grpcStatus}`;
    const known = this.series.get(key);
    if (known !== undefined) return known;
    const made: RequestSeries = {
      labels: istioLabels(this.workload, record, flags),
      requests: 0,
      durationSumMs: 0,
      buckets: new Array<number>(latencyBucketsMs.length + 1).fill(0),
    };
    this.series.set(key, made);
    return made;
  }
}
