import { setTimeout as after } from 'node:timers/promises';
import { type ApiClient, kinds, Resources } from '@grayscale/cluster-client';
import type { ReleaseState } from '@grayscale/release';
import { ClusterRelease } from './cluster-release.js';
import type { ClusterStore } from './cluster-store.js';
import { ConfigMapRecord } from './record/record-object.js';
import { ReleaseRecord } from './record/release-record.js';
import { ApiProxy } from './testing/api-proxy.js';
import { SeenWeights } from './testing/seen-weights.js';
import { clientOf, Driver, planFor, readPlanOf, Stage, splitBetween } from './testing/stage.js';

const completed = { kind: 'finished', outcome: 'completed' };
const allShares = ['90/10', '75/25', '50/50', '0/100'];

describe('a release over a real API server', () => {
  let stage: Stage;
  let proxy: ApiProxy;
  let proxied: ApiClient;

  beforeAll(async () => {
    stage = await Stage.start();
    proxy = await ApiProxy.before(stage.cluster);
    proxied = await clientOf(proxy.kubeconfig);
  });

  beforeEach(() => {
    proxy.before = () => {};
    proxy.cuts = () => false;
  });

  afterAll(async () => {
    await proxied?.close();
    await proxy?.stop();
    await stage?.stop();
  });

  /** A release of one VirtualService of the same name, through the proxy. */
  async function releaseOf(name: string, spec: Record<string, unknown> = {}): Promise<Driver> {
    await stage.apply(splitBetween(name));
    return await Driver.of(stage, planFor(name, [name], spec), proxied).start();
  }

  /** As if the process were killed when all weights are written. */
  async function runToUncleanEnd(driver: Driver): Promise<void> {
    driver.store.finish = async () => {};
    expect(await driver.runToEnd()).toEqual(completed);
    await driver.loop.close();
  }

  const annotations = async (name: string) =>
    (await stage.virtualServices.get('shop', name)).metadata.annotations;

  it('raises the canary to everything, each share written once and in order, and leaves nothing behind', async () => {
    const driver = await releaseOf('through');
    const seen = await SeenWeights.of(stage, 'through');
    expect(await driver.runToEnd()).toEqual(completed);
    await driver.loop.close();
    expect(await seen.until('0/100')).toEqual(allShares);

    const { metadata } = await stage.virtualServices.get('shop', 'through');
    expect(metadata.annotations).toBeUndefined();
    expect(metadata.managedFields?.map(({ manager }) => manager)).toEqual(['kubectl']);
    await stage.apply(splitBetween('through'));
    expect(await stage.weights('through')).toEqual([90, 10]);
  });

  it('goes through although somebody labels the object before each patch', async () => {
    const driver = await releaseOf('labelled');
    const seen = await SeenWeights.of(stage, 'labelled');
    let labels = 0;
    proxy.before = async ({ isWeightPatch }) => {
      if (!isWeightPatch || labels % 2 === 1) labels += isWeightPatch ? 1 : 0;
      else
        await stage.kubectl(
          'label',
          'virtualservice',
          'labelled',
          '-n',
          'shop',
          '--overwrite',
          `n=${labels++}`,
        );
    };
    expect(await driver.runToEnd()).toEqual(completed);
    await driver.loop.close();
    expect(await seen.until('0/100')).toEqual(allShares);
    // Three shares and the clean end, each sent twice.
    expect(labels).toBe(8);
  });

  it('writes the weights to the same destinations when the list is reordered under the patch', async () => {
    const driver = await releaseOf('reordered');
    let isFirst = true;
    proxy.before = async ({ isWeightPatch }) => {
      if (!isWeightPatch || !isFirst) return;
      isFirst = false;
      const { spec } = splitBetween('reordered');
      const [rule] = (spec?.http ?? []) as { route: unknown[] }[];
      await stage.apply(
        {
          ...splitBetween('reordered'),
          spec: { ...spec, http: [{ route: [...(rule?.route ?? [])].reverse() }] },
        },
        '--force-conflicts',
      );
    };
    await driver.tick();
    expect(await stage.weights('reordered')).toEqual([25, 75]);
    expect(await driver.runToEnd()).toEqual(completed);
    expect(await stage.weights('reordered')).toEqual([100, 0]);
    await driver.loop.close();
  });

  it('does not write twice when the answer of a patch is lost', async () => {
    const driver = await releaseOf('lost');
    const seen = await SeenWeights.of(stage, 'lost');
    let cut = 0;
    proxy.cuts = ({ method }) => {
      if (method !== 'PATCH' && method !== 'POST') return false;
      cut += 1;
      return cut % 2 === 1;
    };
    expect(await driver.runToEnd()).toEqual(completed);
    await driver.loop.close();
    expect(await seen.until('0/100')).toEqual(allShares);
    expect(cut).toBeGreaterThan(10);
    const done = driver.entries.filter(({ op }) => op === 'done');
    expect(done.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    const kept = await new ReleaseRecord(new ConfigMapRecord(stage.client, 'shop', 'lost')).load();
    expect(kept.filter(({ op }) => op === 'done').map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("takes git's copy applied midway for drift, names the writer, and writes nothing over it", async () => {
    const driver = await releaseOf('git');
    await driver.tick();
    expect(await stage.weights('git')).toEqual([75, 25]);
    await stage.apply(splitBetween('git'), '--force-conflicts', '--field-manager=argocd-controller');
    await driver.tick();
    const tick = await driver.tick(4);
    expect(tick).toMatchObject({ kind: 'waiting', waiting: { reason: 'drift' } });
    expect(driver.loop.state?.because?.message).toMatch(
      /the weights are 90\/10, not 75\/25, changed by argocd-controller \(Apply, .*ignoreDifferences/,
    );
    expect(await stage.weights('git')).toEqual([90, 10]);
    await driver.loop.close();
  });

  it('waits while the API server is down, and goes on', async () => {
    const driver = await releaseOf('down');
    await driver.tick();
    await stage.cluster.stopServer();
    const waiting = driver.tick();
    await after(1000);
    await stage.cluster.startServer();
    expect(await waiting).toMatchObject({ kind: 'waiting' });
    expect(await driver.runToEnd()).toEqual(completed);
    await driver.loop.close();
    expect(driver.entries.flatMap(({ op, seq }) => (op === 'done' ? [seq] : []))).toEqual([1, 2, 3]);
    expect(await stage.weights('down')).toEqual([0, 100]);
  });

  it.each([
    [[-1, 10], /the weight -1; a weight is a whole number from 0/],
    [[0, 0], /only weights of 0, so that it sends to nobody/],
    [[2_147_483_648, 1], /./],
  ])('does not start on the weights %j, which the API server takes', async (weights, message) => {
    const name = `weights-${Math.abs(weights[0] ?? 0)}`;
    await stage.virtualServices.create(splitBetween(name, weights as [number, number]));
    const driver = await Driver.of(stage, planFor(name, [name])).open();
    expect((await driver.loop.start()).join()).toMatch(message);
    await driver.loop.close();
    expect(await stage.weights(name)).toEqual(weights);
  });

  it.each(['rule', 'destination'])('stops when the %s is removed', async (what) => {
    const name = `gone-${what}`;
    const driver = await releaseOf(name);
    await driver.tick();
    const split = splitBetween(name);
    const [rule] = (split.spec?.http ?? []) as { route: unknown[] }[];
    const other = what === 'rule' ? [{ redirect: { uri: '/' } }] : [{ route: rule?.route.slice(0, 1) }];
    await stage.apply({ ...split, spec: { ...split.spec, http: other as never } }, '--force-conflicts');
    await driver.tick();
    expect(await driver.tick(4)).toMatchObject({ kind: 'waiting', waiting: { reason: 'drift' } });
    expect(driver.loop.state?.because?.message).toMatch(/is gone.*changed by kubectl/);
    await driver.loop.close();
  });

  it('puts the rules of users above the split with the first weight, and removes them at the end', async () => {
    const driver = await releaseOf('users', {
      users: [{ header: 'user', exact: ['test'] }],
      sticky: { header: 'x-bucket', digits: 2 },
    });
    await driver.tick();
    const rules = async () => (await stage.virtualServices.get('shop', 'users')).spec?.http ?? [];
    expect((await rules()).map(({ name }) => name)).toEqual([
      'grayscale-users-users',
      'grayscale-users-sticky-canary',
      'grayscale-users-sticky-stable',
      undefined,
    ]);
    expect((await rules())[0]).toEqual({
      name: 'grayscale-users-users',
      match: [{ headers: { user: { exact: 'test' } } }],
      route: [{ destination: { host: 'users-2.shop.svc.cluster.local' } }],
    });
    expect(await driver.runToEnd()).toEqual(completed);
    await driver.loop.close();
    expect(await rules()).toHaveLength(1);
    expect(await stage.weights('users')).toEqual([0, 100]);
    await stage.apply(splitBetween('users'));
  });

  it('takes a bad canary back to the weights of the start', async () => {
    const driver = await releaseOf('bad');
    await driver.tick();
    driver.failing = 80;
    for (let looks = 0; looks < 10 && driver.loop.state?.phase !== 'aborted'; looks += 1) await driver.tick();
    expect(driver.loop.state?.phase).toBe('aborted');
    expect(await stage.weights('bad')).toEqual([90, 10]);
    expect((await stage.virtualServices.get('shop', 'bad')).metadata.annotations).toBeUndefined();
    await driver.loop.close();
  });

  it('does not begin with a rule that another release has', async () => {
    const first = await releaseOf('taken');
    await first.tick();
    const second = Driver.of(stage, planFor('taken-too', ['taken']));
    await expect(second.open()).rejects.toThrow('held by the release shop/taken, which has not ended');
    await first.loop.command({ kind: 'abort' });
    await first.loop.settle();
    await first.loop.close();
    await second.start();
    await second.tick();
    expect(await stage.weights('taken')).toEqual([75, 25]);
    await second.loop.close();
  });

  it('cleans up after a process that was killed at the end of a run', async () => {
    const driver = await releaseOf('unclean');
    await runToUncleanEnd(driver);
    expect(await annotations('unclean')).toEqual({
      'grayscale.dev/release': expect.stringMatching(/^shop\/unclean\/.*\/3$/),
    });
    const next = await Driver.of(stage, planFor('unclean', ['unclean'])).open();
    await next.loop.close();
    expect(await annotations('unclean')).toBeUndefined();
  });

  it('cleans up while another process does the same', async () => {
    await runToUncleanEnd(await releaseOf('cleaned-twice'));
    const open = async (client: ApiClient) =>
      await Driver.of(stage, planFor('cleaned-twice', ['cleaned-twice']), client).open();
    let others = 0;
    proxy.before = async ({ isWeightPatch }) => {
      if (!isWeightPatch || others > 0) return;
      others += 1;
      await (await open(stage.client)).loop.close();
    };
    await (await open(proxied)).loop.close();
    expect(others).toBe(1);
    expect(await annotations('cleaned-twice')).toBeUndefined();
  });

  it('is taken over from a machine that is gone once its Lease was silent, and from nobody else', async () => {
    await stage.apply(splitBetween('lease'));
    const plan = readPlanOf(planFor('lease', ['lease']));
    const home = new ConfigMapRecord(stage.client, 'shop', 'lease');
    const release = (identity: string) => new ClusterRelease({ client: stage.client, plan, home, identity });
    const spec = (renewTime: Date) => ({
      holderIdentity: 'other-machine/1/2',
      leaseDurationSeconds: 2,
      renewTime: renewTime.toISOString().replace('Z', '000Z'),
    });
    const leases = new Resources(stage.client, kinds.lease);
    const metadata = { namespace: 'shop', name: 'grayscale-lease' };
    const alive = await leases.create({ metadata, spec: spec(new Date(Date.now() + 60_000)) });
    expect(await release('me').driver()).toEqual({ text: 'process 1 on other-machine' });
    expect(await release('me').store().open()).toEqual({ kind: 'held', by: 'process 1 on other-machine' });
    await leases.replace({ ...alive, spec: spec(new Date(0)) });
    expect(await release('me').driver()).toBeUndefined();
    const store = release('me').store();
    expect(await store.open()).toMatchObject({ kind: 'opened' });
    expect(await release('other').driver()).toEqual({ text: 'me' });
    await store.close();
    expect(await release('other').driver()).toBeUndefined();
  });

  it('waits for endpoints of the canary, and pauses when something else runs behind it', async () => {
    const services = new Resources(stage.client, kinds.service);
    const slices = new Resources(stage.client, kinds.endpointSlice);
    const metadata = { namespace: 'shop', name: 'arms-2' };
    await services.create({ metadata, spec: { ports: [{ port: 80 }] } });
    const slice = (pods: string[], ready: boolean) => ({
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'arms-2' } },
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints: pods.map((name, index) => ({
        addresses: [`10.1.0.${index + 1}`],
        conditions: { ready },
        targetRef: { kind: 'Pod', name, namespace: 'shop' },
      })),
    });
    await slices.create(slice(['arms-2-aaa-x1'], false));
    const driver = await releaseOf('arms');
    expect(await driver.tick()).toMatchObject({ kind: 'waiting', waiting: { reason: 'endpoints' } });
    expect(await stage.weights('arms')).toEqual([90, 10]);

    const replace = async (pods: string[]) => {
      const { resourceVersion } = (await slices.get('shop', 'arms-2')).metadata;
      const next = slice(pods, true);
      await slices.replace({
        ...next,
        metadata: { ...next.metadata, ...(resourceVersion && { resourceVersion }) },
      });
      // What is behind an arm is believed for five seconds.
      await after(5100);
    };
    await replace(['arms-2-aaa-x1']);
    await driver.tick();
    expect(await stage.weights('arms')).toEqual([75, 25]);
    // More of the same is the same.
    await replace(['arms-2-aaa-x1', 'arms-2-aaa-x2']);
    await driver.tick();
    expect(driver.loop.state?.phase).toBe('progressing');
    await replace(['arms-2-bbb-y1']);
    await driver.tick();
    expect(driver.loop.state).toMatchObject({
      phase: 'paused',
      because: {
        message: expect.stringContaining('something else runs behind arms-2.shop.svc.cluster.local'),
      },
    });
    await driver.loop.close();
  });

  describe('with the rights of a Role', () => {
    const rules = (names: readonly string[], verbs: readonly string[]) => [
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch'] },
      { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], verbs: ['get'] },
      { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], resourceNames: names, verbs },
    ];
    let kubeconfig: string;
    let limited: ApiClient;

    async function setRole(names: readonly string[], verbs: readonly string[]): Promise<void> {
      await stage.kubectlWith(
        JSON.stringify({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'releaser', namespace: 'shop' },
          rules: rules(names, verbs),
        }),
        'apply',
        '-f',
        '-',
      );
      const answer = verbs.includes('patch') ? 'yes' : 'no';
      for (const name of names) await stage.cluster.untilAllowed(kubeconfig, patchOf(name), answer);
    }
    const patchOf = (name: string) => ['patch', `virtualservices.networking.istio.io/${name}`, '-n', 'shop'];

    beforeAll(async () => {
      await stage.kubectl('create', 'serviceaccount', 'releaser', '-n', 'shop');
      await setRole([], ['get']);
      await stage.kubectl(
        ...[
          'create',
          'rolebinding',
          'releaser',
          '-n',
          'shop',
          '--role=releaser',
          '--serviceaccount=shop:releaser',
        ],
      );
      kubeconfig = await stage.cluster.serviceAccount('shop', 'releaser');
      limited = await clientOf(kubeconfig);
    });

    afterAll(() => limited?.close());

    it('is paused when the right is taken away midway, says which one, and goes on once it is back', async () => {
      const name = 'rights';
      await stage.apply(splitBetween(name));
      await setRole([name], ['patch']);
      const driver = await Driver.of(stage, planFor(name, [name]), limited).start();
      const seen = await SeenWeights.of(stage, name);
      await driver.tick();
      await setRole([name], ['get']);
      await driver.runToEnd();
      const { phase, because } = driver.loop.state as ReleaseState;
      expect({ phase, message: because?.message }).toEqual({
        phase: 'paused',
        message: expect.stringContaining(
          'Not allowed to patch virtualservices.networking.istio.io "rights" in the namespace shop',
        ),
      });
      expect((driver.store as ClusterStore).forbidden?.message).toBe(
        because?.message.slice('rights: '.length),
      );
      await setRole([name], ['patch']);
      await driver.loop.command({ kind: 'resume' });
      expect(await driver.runToEnd()).toEqual(completed);
      expect((driver.store as ClusterStore).forbidden).toBeUndefined();
      await driver.loop.close();
      expect(await seen.until('0/100')).toEqual(allShares);
    });

    it('puts the earlier targets back when one of three refuses', async () => {
      const names = ['three-a', 'three-b', 'three-c'];
      for (const name of names) await stage.apply(splitBetween(name));
      await setRole(names.slice(0, 2), ['patch']);
      const driver = await Driver.of(stage, planFor('three', names), limited).start();
      await driver.tick();
      for (const name of names) expect(await stage.weights(name)).toEqual([90, 10]);
      expect(driver.loop.state).toMatchObject({ phase: 'paused', because: { reason: 'refused' } });
      expect(driver.entries.filter(({ op }) => op === 'done')).toHaveLength(4);
      await driver.loop.close();
    });
  });
});
