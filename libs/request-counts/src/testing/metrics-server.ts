import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CountQuestion } from '@grayscale/release';
import type { Labels } from '../labels.js';

const stable = 'hello.hello-1.svc.cluster.local';
const canary = 'hello.hello-2.svc.cluster.local';

/** What the tests ask for. */
export const question: CountQuestion = {
  callers: [{ workload: 'hello-page', namespace: 'hello-page' }],
  arms: [
    { key: 'stable', host: stable },
    { key: 'canary', host: canary },
  ],
  bounds: [],
  queries: [],
};

const usual: Labels = {
  reporter: 'source',
  source_workload: 'hello-page',
  source_workload_namespace: 'hello-page',
  destination_service: stable,
  destination_service_name: 'hello',
  response_code: '200',
  grpc_response_status: '',
  response_flags: '-',
};

/** A process with a metrics endpoint, as Envoy or prom-client has it: it counts, restarts, and can be out of reach. */
export class MetricsServer {
  readonly asked: IncomingHttpHeaders[] = [];
  /** What it reports of its own age; nothing when empty. */
  age: Record<string, number> = {};
  /** Answers this instead. */
  answer: { status: number; text: string } | undefined;
  private readonly counters = new Map<string, number>();

  private constructor(private readonly server: Server) {}

  static async listening(): Promise<MetricsServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const metrics = new MetricsServer(server);
    server.on('request', ({ headers }, response) => {
      metrics.asked.push(headers);
      response.statusCode = metrics.answer?.status ?? 200;
      response.end(metrics.answer?.text ?? metrics.text());
    });
    return metrics;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/stats/prometheus`);
  }

  /** Counts requests to stable. */
  stable(count: number, labels: Labels = {}): void {
    this.count('istio_requests_total', { ...usual, ...labels }, count);
  }

  /** Counts requests to the canary. */
  canary(count: number, labels: Labels = {}): void {
    this.stable(count, { destination_service: canary, ...labels });
  }

  /** Counts requests to the canary by the time that they took. */
  canaryWithin(le: string, count: number): void {
    const labels = { ...usual, destination_service: canary, le };
    this.count('istio_request_duration_milliseconds_bucket', labels, count);
  }

  /** All counters are gone, as after a restart. */
  reset(age: Record<string, number> = {}): void {
    this.counters.clear();
    this.age = age;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private count(name: string, labels: Labels, by: number): void {
    const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const key = `${name}{${written.join(',')}}`;
    this.counters.set(key, (this.counters.get(key) ?? 0) + by);
  }

  private text(): string {
    const series = [...Object.entries(this.age), ...this.counters];
    return [
      '# TYPE istio_requests_total counter',
      ...series.map(([key, value]) => `${key} ${value}`),
      '',
    ].join('\n');
  }
}
