import type { Workload } from '@grayscale/traffic-rules';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { AccessRecord } from '../proxy/access-record.js';
import type { RuleChange } from '../rules/rule-book.js';
import { istioLabelNames } from './istio-labels.js';
import { latencyBucketsMs } from './latency-buckets.js';
import { type RequestSeries, RequestSeriesTable } from './request-series.js';

/** What `/stats/prometheus` shows: Istio's standard metrics, the rules' state, and the process. */
export class IstioMetrics {
  readonly registry = new Registry();
  private readonly series: RequestSeriesTable;
  private readonly reloads: Counter<'result'>;
  private readonly refused: Gauge;

  constructor(workload: Workload) {
    const registers = [this.registry];
    this.series = new RequestSeriesTable(workload);
    this.registry.registerMetric(new RequestsTotal(this.series));
    this.registry.registerMetric(new RequestDuration(this.series));
    this.reloads = new Counter({
      name: 'local_mesh_rule_reloads_total',
      help: 'Changed sets of rules, by result.',
      labelNames: ['result'],
      registers,
    });
    this.refused = new Gauge({
      name: 'local_mesh_rules_refused',
      help: '1 while the newest rules are refused and the last good ones are in force.',
      registers,
    });
    collectDefaultMetrics({ register: this.registry });
  }

  /** Counts one finished request. Tunnels are not requests. */
  record(record: AccessRecord): void {
    if (record.protocol !== 'tcp') this.series.record(record);
  }

  ruleChange({ refused, isReload }: RuleChange): void {
    if (!isReload) return;
    this.reloads.inc({ result: refused === undefined ? 'accepted' : 'refused' });
    this.refused.set(refused === undefined ? 0 : 1);
  }
}

class RequestsTotal extends Counter<string> {
  constructor(private readonly table: RequestSeriesTable) {
    super({
      name: 'istio_requests_total',
      help: 'Requests, as the sidecar of the caller counts them.',
      labelNames: istioLabelNames,
      registers: [],
    });
  }

  override async get() {
    const values = [...this.table.values()].map(({ labels, requests }) => ({ labels, value: requests }));
    return { ...(await super.get()), values };
  }
}

const name = 'istio_request_duration_milliseconds';
const help = "Time from a request's head to the last byte of its answer.";

class RequestDuration extends Histogram<string> {
  constructor(private readonly table: RequestSeriesTable) {
    super({ name, help, labelNames: istioLabelNames, buckets: [...latencyBucketsMs], registers: [] });
  }

  /** What prom-client's `get` and its text form are made of, both; its types do not name it. */
  async getForPromString() {
    const values = [...this.table.values()].flatMap(histogramValues);
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }
}

function histogramValues({ labels, buckets, durationSumMs, requests }: RequestSeries) {
  let count = 0;
  const counted = buckets.map((inBucket, index) => {
    count += inBucket;
    const le = latencyBucketsMs[index] ?? '+Inf';
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
  });
  return [
    ...counted,
    { metricName: `${name}_sum`, labels, value: durationSumMs },
    { metricName: `${name}_count`, labels, value: requests },
  ];
}
