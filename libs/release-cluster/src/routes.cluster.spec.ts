import { kinds, Resources } from '@grayscale/cluster-client';
import { ClusterRelease } from './cluster-release.js';
import { ConfigMapRecord } from './record/record-object.js';
import type { RuleObject } from './rule-objects.js';
import { setWeights } from './set-weights.js';
import { clientOf, Driver, planFor, readPlanOf, Stage } from './testing/stage.js';

/** A route that splits between two services of its own name, as one writes it: most fields are the API server's. */
function routeBetween(name: string, weights: readonly number[], kind = 'HTTPRoute'): RuleObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name }],
      rules: [
        {
          backendRefs: weights.map((weight, index) => ({ name: `${name}-${index + 1}`, port: 80, weight })),
        },
      ],
    },
  };
}

describe('a release over routes of a real API server', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start({ gatewayApi: 'standard' });
  });

  afterAll(() => stage?.stop());

  const read = async (name: string, kind: 'httpRoute' | 'grpcRoute' = 'httpRoute') =>
    await new Resources<RuleObject>(stage.client, kinds[kind]).get('shop', name);
  const backendsOf = ({ spec }: RuleObject) => spec?.rules?.at(-1)?.backendRefs as { weight?: number }[];
  const weights = async (name: string, kind?: 'grpcRoute') =>
    backendsOf(await read(name, kind)).map(({ weight }) => weight);
  const plan = (name: string, spec: Record<string, unknown> = {}, field = 'httpRoute') =>
    planFor(name, [], { targets: [{ [field]: name, stable: `${name}-1`, canary: `${name}-2` }], ...spec });

  it.each(['httpRoute', 'grpcRoute'] as const)(
    'raises the canary to everything, leaves nothing behind, and undo takes it back: %s',
    async (kind) => {
      const name = kind.toLowerCase();
      await stage.apply(routeBetween(name, [90, 10], kinds[kind].kind));
      const driver = await Driver.of(stage, plan(name, {}, kind)).start();
      await driver.tick();
      const { metadata } = await read(name, kind);
      expect(metadata.annotations?.['grayscale.dev/release']).toMatch(/^shop\//);
      expect(await driver.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
      const done = await read(name, kind);
      expect(backendsOf(done).map(({ weight }) => weight)).toEqual([0, 100]);
      expect(done.metadata.annotations).toBeUndefined();
      expect(done.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['kubectl']);
      await driver.loop.command({ kind: 'undo' });
      expect(await driver.tick()).toEqual({ kind: 'finished', outcome: 'undone' });
      expect(backendsOf(await read(name, kind)).map(({ weight }) => weight)).toEqual([90, 10]);
      await driver.loop.close();
      await stage.apply(routeBetween(name, [50, 50], kinds[kind].kind));
    },
  );

  it.each(['httpRoute', 'grpcRoute'] as const)(
    'needs no rights but those that docs/release.md names: %s',
    async (kind) => {
      const name = `limited-${kind.toLowerCase()}`;
      const { group, plural } = kinds[kind];
      const role = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name, namespace: 'shop' },
        rules: [
          { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch'] },
          { apiGroups: [group], resources: [plural], verbs: ['get', 'patch'] },
        ],
      };
      await stage.kubectlWith(JSON.stringify(role), 'apply', '-f', '-');
      await stage.kubectl('create', 'serviceaccount', name, '-n', 'shop');
      const binding = ['create', 'rolebinding', name, '-n', 'shop', `--role=${name}`];
      await stage.kubectl(...binding, `--serviceaccount=shop:${name}`);
      await stage.apply(routeBetween(name, [90, 10], kinds[kind].kind));
      const kubeconfig = await stage.cluster.serviceAccount('shop', name);
      await stage.cluster.untilAllowed(kubeconfig, ['patch', `${plural}.${group}`, '-n', 'shop']);
      const limited = await clientOf(kubeconfig);
      const driver = await Driver.of(stage, plan(name, {}, kind), limited).start();
      expect(await driver.runToEnd()).toEqual({ kind: 'finished', outcome: 'completed' });
      expect(backendsOf(await read(name, kind)).map(({ weight }) => weight)).toEqual([0, 100]);
      await driver.loop.close();
      await limited.close();
    },
  );

  it('takes a bad canary back, with the rule of its users', async () => {
    await stage.apply(routeBetween('bad', [90, 10]));
    const users = [{ header: 'user', exact: ['test'] }];
    const driver = await Driver.of(
      stage,
      plan('bad', { users, sticky: { header: 'x-bucket', digits: 2 } }),
    ).start();
    await driver.tick();
    const { spec } = await read('bad');
    expect(spec?.rules?.map(({ name }) => name)).toEqual([
      'grayscale-bad-users',
      'grayscale-bad-sticky-canary',
      'grayscale-bad-sticky-stable',
      undefined,
    ]);
    driver.failing = 80;
    expect(await driver.runToEnd()).toEqual({ kind: 'finished', outcome: 'aborted' });
    expect((await read('bad')).spec?.rules).toHaveLength(1);
    expect(await weights('bad')).toEqual([90, 10]);
    await driver.loop.close();
  });

  it('stops where somebody else changes the weights, and says who', async () => {
    await stage.apply(routeBetween('shared', [90, 10]));
    const driver = await Driver.of(stage, plan('shared')).start();
    await driver.tick();
    await stage.apply(routeBetween('shared', [60, 40]), '--force-conflicts');
    for (let looks = 0; looks < 4; looks += 1) await driver.tick();
    expect(driver.loop.state).toMatchObject({
      phase: 'paused',
      because: {
        reason: 'drift',
        message: expect.stringMatching(/the weights are 60\/40.*changed by kubectl/),
      },
    });
    expect(await weights('shared')).toEqual([60, 40]);
    await driver.loop.close();
  });

  it('tries every step as a dry run, and says that there is no such route', async () => {
    await stage.apply(routeBetween('tried', [90, 10]));
    const preview = async (name: string) => {
      const read = readPlanOf(plan(name));
      const home = new ConfigMapRecord(stage.client, 'shop', name);
      return await new ClusterRelease({ client: stage.client, plan: read, home, identity: 'me' }).preview(0);
    };
    const possible = await preview('tried');
    expect(possible.kind === 'possible' && possible.steps.map(({ edits }) => edits[0]?.path)).toEqual([
      'HTTPRoute shop/tried',
      'HTTPRoute shop/tried',
      'HTTPRoute shop/tried',
    ]);
    expect(await weights('tried')).toEqual([90, 10]);
    expect(await preview('nowhere')).toMatchObject({
      kind: 'impossible',
      messages: [expect.stringContaining('HTTPRoute shop/nowhere')],
    });
  });

  it('sets weights by hand', async () => {
    await stage.apply(routeBetween('by-hand', [1, 1]));
    const [seen = {}] = (await read('by-hand')).spec?.rules ?? [];
    const object = { kind: 'HTTPRoute', namespace: 'shop', name: 'by-hand' } as const;
    const set = await setWeights(stage.client, { object, rule: 0, seen, weights: [3, 1] }, { dryRun: false });
    expect(set).toEqual({ kind: 'written' });
    expect(await weights('by-hand')).toEqual([3, 1]);
    expect((await read('by-hand')).metadata.managedFields?.map(({ manager }) => manager)).toEqual([
      'kubectl',
    ]);
  });
});
