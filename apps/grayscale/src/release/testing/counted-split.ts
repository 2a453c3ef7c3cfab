import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient, findCluster, type KubernetesObject, kinds, Resources } from '@grayscale/cluster-client';

interface VirtualService extends KubernetesObject {
  spec: { http: { route: { destination: { host: string }; weight?: number }[] }[] };
}

/** Requests at each look; enough that every share of a test is seen exactly. */
const requestsPerLook = 400;

/** The metrics of a sidecar that splits as the VirtualService in the cluster says at that moment. */
export class CountedSplit {
  /** How many of 100 canary requests fail. */
  failing = 0;
  private share: number | undefined;
  private looksAtShare = 0;
  private readonly counters = new Map<string, number>();

  private constructor(
    private readonly server: Server,
    private readonly client: ApiClient,
    private readonly name: string,
  ) {}

  static async of(kubeconfig: string, name: string): Promise<CountedSplit> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const split = new CountedSplit(server, new ApiClient(await findCluster({ kubeconfig })), name);
    server.on('request', (_, response) => {
      split.text().then(
        (text) => response.end(text),
        () => response.destroy(),
      );
    });
    return split;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/stats/prometheus`;
  }

  /**
   * Keeps the release where it is, once the canary has this share in percent: one look finds it in force, and those after it no request.
   * @param share undefined: lets it go on
   */
  stayAt(share: number | undefined): void {
    this.share = share;
    this.looksAtShare = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await this.client.close();
  }

  private async text(): Promise<string> {
    const resources = new Resources<VirtualService>(this.client, kinds.virtualService);
    const { spec } = await resources.get('hello-page', this.name);
    const route = spec.http.at(-1)?.route ?? [];
    const total = route.reduce((sum, { weight = 0 }) => sum + weight, 0);
    const isStill = (route[1]?.weight ?? 0) === this.share && this.looksAtShare++ > 0;
    for (const [index, { destination, weight = 0 }] of route.entries()) {
      const requests = isStill ? 0 : Math.round((requestsPerLook * weight) / total);
      const failed = index === 1 ? Math.round((requests * this.failing) / 100) : 0;
      this.count(destination.host, '200', requests - failed);
      this.count(destination.host, '500', failed);
    }
    return [...this.counters].map(([series, value]) => `${series} ${value}\n`).join('');
  }

  private count(host: string, code: string, by: number): void {
    const labels = [
      'reporter="source",source_workload="hello-page",source_workload_namespace="hello-page"',
      `destination_service="${host}",destination_service_name="hello"`,
      `response_code="${code}",grpc_response_status="",response_flags="-"`,
    ].join(',');
    const series = `istio_requests_total{${labels}}`;
    this.counters.set(series, (this.counters.get(series) ?? 0) + by);
  }
}
