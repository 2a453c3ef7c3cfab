import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ApiClient,
  findCluster,
  type KubernetesObject,
  kinds,
  Resources,
  watch,
} from '@grayscale/cluster-client';
import type { Command } from '@grayscale/release';
import {
  type GrayRelease,
  GrayReleaseRecord,
  grayReleaseKind,
  ReleaseRecord,
  type RuleObject,
} from '@grayscale/release-cluster';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { PrometheusProcess } from '@grayscale/test-prometheus';
import { NodeProcess, repository } from '../../../../tools/node-process.js';
import { startService } from './service.js';

const namespace = 'hello-page';
const rule = 'hello-ext-svc';

/**
 * The demo in a cluster, as far as one machine can have it: a real API server with the manifests of k8s/ and the controller's real rights; hello-1, hello-2
 * and hello-page as processes; the local mesh as hello-page's sidecar; a real Prometheus that scrapes it; and people who ask for the page.
 */
export class ClusterStage {
  /** Each pair of weights that the watch has told of, in order. */
  private readonly told: string[] = [];
  readonly changes: { weights: string; at: number }[] = [];
  private readonly stack: AsyncDisposableStack;
  private readonly stopping = new AbortController();

  private constructor(
    readonly cluster: TestCluster,
    readonly client: ApiClient,
    readonly canary: { url: string },
    readonly page: { url: string },
    /** The port of hello-page's sidecar that Prometheus scrapes. */
    readonly metricsPort: number,
    readonly prometheus: PrometheusProcess,
    readonly kubeconfig: string,
    stack: AsyncDisposableStack,
  ) {
    this.stack = stack;
  }

  static async start(): Promise<ClusterStage> {
    await using stack = new AsyncDisposableStack();
    const cluster = await startTestCluster();
    stack.defer(() => cluster.stop());
    const client = new ApiClient(await findCluster({ kubeconfig: cluster.kubeconfig }));
    stack.defer(() => client.close());
    for (const folder of ['release-controller', 'internal']) await apply(cluster, folder);
    const one = stack.use(await startService('hello-1'));
    const two = stack.use(await startService('hello-2', { FAULT_CONTROL: 'on' }));
    const sidecar = await startSidecar(cluster, stack, { 'hello-1': one.url, 'hello-2': two.url });
    const page = stack.use(await startService('hello-page', { HTTP_PROXY: sidecar.proxy }));
    const metricsPort = Number(new URL(sidecar.admin).port);
    const prometheus = stack.use(await PrometheusProcess.scraping({ mesh: [metricsPort] }, '1s'));
    const kubeconfig = await cluster.serviceAccount('grayscale', 'release-controller');
    const stage = new ClusterStage(
      cluster,
      client,
      two,
      page,
      metricsPort,
      prometheus,
      kubeconfig,
      stack.move(),
    );
    stage.stack.defer(stage.watchWeights());
    stage.stack.defer(stage.askForPages());
    return stage;
  }

  /** A controller with the rights of its ServiceAccount. */
  async startController(environment: Record<string, string> = {}): Promise<NodeProcess & { url: string }> {
    const settings = {
      KUBECONFIG: this.kubeconfig,
      PROMETHEUS: this.prometheus.url.origin,
      LOOK_INTERVAL_MS: '500',
      LEASE_DURATION_MS: '3000',
      ...environment,
    };
    return await startService('release-controller', settings, 'cluster-main.js');
  }

  get releases(): Resources<GrayRelease> {
    return new Resources<GrayRelease>(this.client, grayReleaseKind);
  }

  async release(name: string): Promise<GrayRelease> {
    return await this.releases.get(namespace, name);
  }

  /** Waits until a release is as it is wanted. */
  async until(name: string, holds: (release: GrayRelease) => boolean, seconds = 90): Promise<GrayRelease> {
    const end = Date.now() + 1000 * seconds;
    for (;;) {
      const release = await this.release(name);
      if (holds(release)) return release;
      if (Date.now() > end) throw new Error(`still ${JSON.stringify(release.status?.conditions)}`);
      await delay(50);
    }
  }

  /** Leaves a command where the release's driver finds it, as `grayscale` does. */
  async command(name: string, command: Command): Promise<void> {
    await new ReleaseRecord(new GrayReleaseRecord(this.client, namespace, name)).send(command);
  }

  async events(name: string): Promise<{ reason: string; type: string; note: string }[]> {
    const { items } = await new Resources<KubernetesObject>(this.client, kinds.event).list(namespace);
    return items
      .filter(({ regarding }) => (regarding as { name?: string }).name === name)
      .sort((one, other) => (String(one.eventTime) < String(other.eventTime) ? -1 : 1))
      .map(({ reason, type, note }) => ({ reason: String(reason), type: String(type), note: String(note) }));
  }

  /** Each pair of weights that the API server has had, in order, up to now: the watch may be behind what another client has seen. */
  async weights(): Promise<readonly string[]> {
    const before = Math.max(0, this.told.length - 1);
    const now = weightsOf(await this.virtualService());
    while (!this.told.includes(now, before)) await delay(20);
    return [...this.told];
  }

  async virtualService(): Promise<RuleObject> {
    return await new Resources<RuleObject>(this.client, kinds.virtualService).get(namespace, rule);
  }

  /** Makes hello-2 bad, or good again. @param errorRate in percent */
  async setErrorRate(errorRate: number): Promise<void> {
    await fetch(`${this.canary.url}/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ errorRate }),
    });
  }

  /** Everything as it was before the first release: git's copy of the rule, no release, a good hello-2. */
  async reset(): Promise<void> {
    await this.kubectl('delete', 'grayreleases', '--all', '--all-namespaces', '--wait');
    await this.setErrorRate(0);
    await apply(this.cluster, 'release-controller');
    await this.kubectl(
      'apply',
      '--server-side',
      '--force-conflicts',
      '-f',
      'k8s/internal/virtual-service-v2-10.yaml',
    );
    this.told.splice(0, (await this.weights()).length - 1);
    this.changes.splice(0);
  }

  async kubectl(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.cluster.kubectl(args.map(inRepository));
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.stack.disposeAsync();
  }

  private watchWeights(): () => Promise<void> {
    const ended = (async () => {
      while (!this.stopping.signal.aborted) await this.watchUntilInterrupted();
    })();
    return () => ended;
  }

  /** A watch pauses longer after each failure, and would miss what the controller does as soon as the server is back. */
  private async watchUntilInterrupted(): Promise<void> {
    const interrupted = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, interrupted.signal]);
    const services = new Resources<RuleObject>(this.client, kinds.virtualService);
    for await (const event of watch(services, { namespace, signal })) {
      if (event.type === 'interrupted') interrupted.abort();
      const objects = event.type === 'listed' ? event.objects : 'object' in event ? [event.object] : [];
      for (const object of objects) this.note(weightsOf(object));
    }
    await delay(50);
  }

  private note(weights: string): void {
    if (this.told.at(-1) === weights) return;
    this.told.push(weights);
    this.changes.push({ weights, at: Date.now() });
  }

  /** Fifty a second, from several people at once. */
  private askForPages(): () => Promise<void> {
    const ask = async (): Promise<void> => {
      while (!this.stopping.signal.aborted) {
        const answer = await fetch(`${this.page.url}/page?name=somebody`).catch(() => undefined);
        await answer?.text();
        if (answer?.status !== 200) this.failures.push(Date.now());
        await delay(90);
      }
    };
    const people = Promise.all(Array.from({ length: 5 }, ask));
    return () => people.then(() => undefined);
  }

  /** When pages were asked for and not got. */
  readonly failures: number[] = [];
}

function weightsOf({ spec }: RuleObject): string {
  const route = (spec?.http?.[0]?.route ?? []) as { weight: number }[];
  return route.map(({ weight }) => weight).join('/');
}

async function apply(cluster: TestCluster, folder: string): Promise<void> {
  const { code, stderr } = await cluster.kubectl([
    'apply',
    '--server-side',
    '--force-conflicts',
    '-k',
    join(repository, 'k8s', folder),
  ]);
  if (code !== 0) throw new Error(stderr);
}

function inRepository(argument: string): string {
  return argument.startsWith('k8s/') ? join(repository, argument) : argument;
}

/** The local mesh under the rules of the cluster. No Pods run there: files say where hello-1 and hello-2 listen. */
async function startSidecar(
  { kubeconfig }: TestCluster,
  stack: AsyncDisposableStack,
  services: Record<string, string>,
): Promise<{ proxy: string; admin: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'endpoints-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  for (const [name, url] of Object.entries(services)) {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'hello', namespace: name, labels: { 'kubernetes.io/service-name': 'hello' } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: Number(new URL(url).port), protocol: 'TCP' }],
      endpoints: [{ addresses: ['127.0.0.1'], conditions: { ready: true } }],
    };
    await writeFile(join(folder, `${name}.yaml`), JSON.stringify(slice));
  }
  const cluster = ['--cluster', '--kubeconfig', kubeconfig, '-n', namespace, '--labels', 'app=hello-page'];
  const args = [...cluster, '--endpoints', folder, '--port', '0', '--admin-port', '0'];
  const mesh = stack.use(new NodeProcess('apps/local-mesh/bin/local-mesh.js', args));
  const [, proxy = '', admin = ''] = await mesh.said(/proxy on (\S+), admin on (\S+)/);
  return { proxy: withScheme(proxy), admin: withScheme(admin) };
}

function withScheme(address: string): string {
  return address.startsWith('http') ? address : `http://${address}`;
}
