import { ApiClient, findCluster, kinds, Resources } from '@grayscale/cluster-client';
import {
  type CountedArm,
  type CountSource,
  type JournalEntry,
  type Plan,
  planFromObject,
  type Store,
} from '@grayscale/release';
import { ReleaseLoop, type Tick } from '@grayscale/release-loop';
import { startTestCluster, type TestCluster, type TestClusterOptions } from '@grayscale/test-cluster';
import { ClusterStore } from '../cluster-store.js';
import { ConfigMapRecord } from '../record/record-object.js';
import { ReleaseRecord } from '../record/release-record.js';
import type { RuleObject } from '../rule-objects.js';

/** A VirtualService that splits between two services of its own name. */
export function splitBetween(name: string, weights: readonly [number, number] = [90, 10]): RuleObject {
  const arm = (index: number) => ({
    destination: { host: `${name}-${index + 1}.shop.svc.cluster.local` },
    weight: weights[index],
  });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'shop' },
    spec: { hosts: [`${name}.shop.svc.cluster.local`], http: [{ route: [arm(0), arm(1)] }] },
  };
}

/** A plan that raises the canary in these VirtualServices. */
export function planFor(
  name: string,
  virtualServices: readonly string[],
  spec: Record<string, unknown> = {},
): object {
  return {
    apiVersion: 'grayscale.dev/v1alpha1',
    kind: 'GrayRelease',
    metadata: { name, namespace: 'shop' },
    spec: {
      targets: virtualServices.map((each) => ({
        virtualService: each,
        stable: `${each}-1`,
        canary: `${each}-2`,
      })),
      steps: [25, 50, 100].map((percent) => ({ percent, hold: '10s', requests: 10 })),
      guards: [{ name: 'failures', ratio: 1.5, max: '50%' }],
      settle: '1s',
      ...spec,
    },
  };
}

export function readPlanOf(object: object): Plan {
  const { plan, issues } = planFromObject(object);
  if (plan === undefined) throw new Error(issues.map(({ message }) => message).join());
  return plan;
}

/** A real API server with the namespace `shop`. */
export class Stage {
  private constructor(
    readonly cluster: TestCluster,
    readonly client: ApiClient,
    readonly virtualServices: Resources<RuleObject>,
  ) {}

  static async start(options: TestClusterOptions = {}): Promise<Stage> {
    const cluster = await startTestCluster(options);
    const client = await clientOf(cluster.kubeconfig);
    await new Resources(client, kinds.namespace).create({ metadata: { name: 'shop' } });
    return new Stage(cluster, client, new Resources<RuleObject>(client, kinds.virtualService));
  }

  /** Makes a VirtualService as somebody would with kubectl. */
  async apply(object: RuleObject, ...options: string[]): Promise<string> {
    return await this.kubectlWith(JSON.stringify(object), 'apply', '--server-side', '-f', '-', ...options);
  }

  /** Sets weights as somebody else. */
  async setWeights(name: string, weights: readonly number[]): Promise<void> {
    const operations = weights.map((value, index) => ({
      op: 'add',
      path: `/spec/http/0/route/${index}/weight`,
      value,
    }));
    await this.kubectl(
      'patch',
      'virtualservice',
      name,
      '-n',
      'shop',
      '--type=json',
      '-p',
      JSON.stringify(operations),
    );
  }

  async weights(name: string): Promise<unknown[]> {
    const { spec } = await this.virtualServices.get('shop', name);
    const [rule] = (spec?.http ?? []).slice(-1) as { route: { weight?: number }[] }[];
    return rule?.route.map(({ weight }) => weight) ?? [];
  }

  /** Runs kubectl, which must succeed. */
  async kubectl(...args: string[]): Promise<string> {
    return await this.kubectlWith('', ...args);
  }

  /** @param input goes to its standard input */
  async kubectlWith(input: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.cluster.kubectl(args, input);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  /** The administrator's bearer token. */
  async adminToken(): Promise<string> {
    const { headers } = await this.client.access.credentials();
    return (headers.authorization ?? '').replace('Bearer ', '');
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.cluster.stop();
  }
}

/** A client that outwaits whatever kubectl does before a request of it goes on (`ApiProxy.before`), on a busy machine too. */
export async function clientOf(kubeconfig: string): Promise<ApiClient> {
  return new ApiClient(await findCluster({ kubeconfig }), { requestTimeout: 60_000 });
}

/** A driver of a release, with a clock and counts of the test's own. */
export class Driver {
  /** Milliseconds since the epoch. */
  now = 1_700_000_000_000;
  /** How many of 100 canary requests fail in a look. */
  failing = 0;
  readonly entries: JournalEntry[] = [];
  loop!: ReleaseLoop;

  constructor(
    readonly plan: Plan,
    readonly store: Store,
  ) {}

  static of(stage: Stage, plan: object, client = stage.client): Driver {
    const read = readPlanOf(plan);
    const home = new ConfigMapRecord(client, read.namespace, read.name);
    return new Driver(read, new ClusterStore({ client, plan: read, record: new ReleaseRecord(home) }));
  }

  async open(): Promise<this> {
    const { plan, store, source } = this;
    const recorded = (entry: JournalEntry) => this.entries.push(entry);
    const opened = await ReleaseLoop.open({ plan, store, source, now: () => this.now, recorded });
    if (opened.kind === 'held') throw new Error(`held by ${opened.by}`);
    this.loop = opened.loop;
    this.now = Math.max(this.now, this.loop.state?.now ?? 0);
    return this;
  }

  /** Opens it, and starts a run. */
  async start(): Promise<this> {
    await this.open();
    const messages = await this.loop.start();
    if (messages.length > 0) throw new Error(messages.join('\n'));
    return this;
  }

  /** Lets time pass and looks. */
  async tick(seconds = 2): Promise<Tick> {
    this.now += seconds * 1000;
    return await this.loop.tick();
  }

  /** Looks until the release is over or waits for a person. */
  async runToEnd(): Promise<Tick> {
    for (let ticks = 0; ticks < 200; ticks += 1) {
      const tick = await this.tick();
      if (tick.kind === 'finished' || this.loop.state?.phase === 'paused') return tick;
    }
    throw new Error('it does not end');
  }

  /** 1,000 requests in each look, split as the state says. */
  private readonly source: CountSource = {
    look: async ({ arms }) => {
      const percent = this.loop.state?.percent ?? 0;
      const counts = arms.map(({ key, host }: CountedArm) => {
        const isCanary = /-2(\.|$)/.test(host);
        const requests = 10 * (isCanary ? percent : 100 - percent);
        const failed = isCanary ? Math.round((requests * this.failing) / 100) : 0;
        const caller = { namespace: 'shop', workload: 'page' };
        return { caller, arm: key, requests, failed, gaveUp: 0, over: {} };
      });
      const { now: at } = this;
      return { kind: 'look', at, interval: 2000, cursor: at, counts, queries: [], blind: [], bypassed: 0 };
    },
  };
}
