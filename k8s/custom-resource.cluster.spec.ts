import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Plan, planDefinition, planFromObject, standStillStatus } from '@grayscale/release';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { manifests } from './testing/kustomizations.js';

const target = { virtualService: 'front', stable: 'shop.v1', canary: 'shop.v2' };

function plan(spec: object, name = 'one'): object {
  return {
    apiVersion: 'grayscale.dev/v1alpha1',
    kind: 'GrayRelease',
    metadata: { name, namespace: 'shop' },
    spec: { targets: [target], ...spec },
  };
}

const falling = [{ percent: 50 }, { percent: '10%' }];

const good: [string, object][] = [
  ['targets alone', {}],
  [
    'steps with fractions and texts',
    { steps: [{ percent: 0.1, hold: '30m' }, { percent: '10%', pause: true }, { percent: 99.9999 }] },
  ],
  [
    'an arm with subset and port',
    { targets: [{ ...target, canary: { host: 'shop', subset: 'v2', port: 8080 } }] },
  ],
  [
    'routes, also beside a VirtualService of the same name',
    {
      targets: [
        target,
        ...['httpRoute', 'grpcRoute'].map((field) => ({
          [field]: 'front',
          stable: 'shop.v1',
          canary: 'shop.v2',
        })),
      ],
    },
  ],
  ['rules by name and by index', { targets: [{ ...target, rule: 'a' }, { ...target, rule: 3 }, target] }],
  [
    'all kinds of guards',
    {
      guards: [
        { name: 'failures', ratio: 1.5, max: '1%' },
        { name: 'slow', over: '500ms', ratio: 2 },
        { name: 'cart', query: { bad: 'x', all: 'y', stable: { bad: 'x', all: 'y' } }, ratio: 1.2 },
        { name: 'gate', webhook: 'http://gate.shop:8080/confirm', type: 'confirm-traffic-increase' },
      ],
    },
  ],
  [
    'an A/B test',
    {
      users: [
        { header: 'User', exact: 'test' },
        { header: 'group', exact: ['a', 'b'] },
      ],
      steps: [],
    },
  ],
  ['a cookie', { sticky: { cookie: 'gs' } }],
  [
    'every other field',
    {
      callers: [{ workload: 'page', namespace: 'web' }],
      risk: { falseAbort: '0.1%' },
      // biome-ignore lint/suspicious/noThenProperty: the field's name in a plan; nobody awaits this object.
      noData: { holdFor: '1h', then: 'abort' },
      settle: '0',
      inForceWithin: '+1m',
      onDrift: 'restore',
      from: 0,
      abort: { to: '2.5%' },
      suspend: true,
    },
  ],
];

/** The field at which the API server's message has to stand, and a word of it. */
const bad: [string, object, string, RegExp][] = [
  ['no targets', { targets: [] }, 'spec.targets', /should have at least 1 item/],
  ['no canary', { targets: [{ virtualService: 'a', stable: 'b' }] }, 'spec.targets[0].canary', /Required/],
  [
    'an arm without a host',
    { targets: [{ ...target, canary: { subset: 'v2' } }] },
    'spec.targets[0].canary.host',
    /Required/,
  ],
  [
    'a host that is none',
    { targets: [{ ...target, canary: 'Shop v2' }] },
    'spec.targets[0].canary',
    /should match/,
  ],
  ['a field that there is not', { step: [] }, 'spec.step', /unknown field/],
  [
    'a target without an object',
    { targets: [{ stable: 'a', canary: 'b' }] },
    'spec.targets[0]',
    /write one of virtualService, httpRoute and grpcRoute/,
  ],
  [
    'a target of two objects',
    { targets: [{ ...target, httpRoute: 'front' }] },
    'spec.targets[0]',
    /write one of virtualService, httpRoute and grpcRoute/,
  ],
  [
    'a subset of a route’s backend',
    { targets: [{ httpRoute: 'front', stable: 'shop', canary: { host: 'shop', subset: 'v2' } }] },
    'spec.targets',
    /the backends of routes have no subsets/,
  ],
  [
    'a route twice',
    { targets: [0, 1].map(() => ({ httpRoute: 'front', stable: 'shop.v1', canary: 'shop.v2' })) },
    'spec.targets',
    /a rule is a target twice/,
  ],
  ['a rule twice', { targets: [target, target] }, 'spec.targets', /a rule is a target twice/],
  ['a share above 100', { steps: [{ percent: 101 }] }, 'spec.steps[0].percent', /less than or equal to 100/],
  ['a share that is a word', { steps: [{ percent: 'half' }] }, 'spec.steps[0].percent', /should match/],
  ['no steps', { steps: [] }, 'spec', /steps is empty; write at least one step/],
  ['a hold without a unit', { steps: [{ percent: 1, hold: '30' }] }, 'spec.steps[0].hold', /should match/],
  [
    'two guards of one name',
    { guards: [{ name: 'a' }, { name: 'a', max: '1%' }] },
    'spec.guards[1]',
    /Duplicate value/,
  ],
  [
    'a ceiling of nothing',
    { guards: [{ name: 'a', max: '0%' }] },
    'spec.guards[0].max',
    /write more than 0% and at most 99%/,
  ],
  [
    'a ceiling above the most',
    { guards: [{ name: 'a', max: '99.5%' }] },
    'spec.guards[0].max',
    /at most 99%/,
  ],
  [
    'a guard of two kinds',
    { guards: [{ name: 'a', over: '500ms', query: { bad: 'x', all: 'y' } }] },
    'spec.guards[0]',
    /one of over, query, webhook/,
  ],
  [
    'a type without a webhook',
    { guards: [{ name: 'a', type: 'event' }] },
    'spec.guards[0]',
    /only a webhook has a type/,
  ],
  [
    'a webhook without a type',
    { guards: [{ name: 'a', webhook: 'http://x' }] },
    'spec.guards[0]',
    /"type" is missing/,
  ],
  [
    'a webhook with a ratio',
    { guards: [{ name: 'a', webhook: 'http://x', type: 'event', ratio: 2 }] },
    'spec.guards[0]',
    /takes neither ratio nor max/,
  ],
  [
    'a ratio of queries without stable',
    { guards: [{ name: 'a', query: { bad: 'x', all: 'y' }, ratio: 2 }] },
    'spec.guards[0]',
    /a ratio compares with stable/,
  ],
  [
    'a time that Istio does not count',
    { guards: [{ name: 'a', over: '400ms' }] },
    'spec.guards[0]',
    /its bounds are 0.5ms, 1ms/,
  ],
  ['neither header nor cookie', { sticky: {} }, 'spec.sticky', /write a header, or a cookie/],
  ['header and cookie', { sticky: { header: 'a', cookie: 'b' } }, 'spec.sticky', /remove one of the two/],
  [
    'a cookie with digits',
    { sticky: { cookie: 'b', digits: 3 } },
    'spec.sticky',
    /digits applies to a header only/,
  ],
  ['a risk above one half', { risk: { falseAbort: '51%' } }, 'spec.risk.falseAbort', /at most 50%/],
  [
    'falling steps',
    { steps: falling },
    'spec.steps',
    /the percentages are 50, 10; each step must be higher than/,
  ],
  [
    'a step twice',
    { steps: [{ percent: 10 }, { percent: 10 }] },
    'spec.steps',
    /each step must be higher than/,
  ],
  [
    'a share above 100 as a text',
    { steps: [{ percent: '250%' }] },
    'spec.steps',
    /write a percentage from 0 to 100/,
  ],
  [
    'the same arm twice',
    { targets: [{ ...target, canary: 'shop.v1' }] },
    'spec.targets',
    /stable and canary are the same/,
  ],
  ['a drift to fight', { onDrift: 'fight' }, 'spec.onDrift', /supported values: "stop", "restore"/],
];

describe('GrayRelease on a real API server', () => {
  let cluster: TestCluster;

  async function apply(object: object, ...options: string[]) {
    return cluster.kubectl(['apply', '-f', '-', ...options], JSON.stringify(object));
  }

  beforeAll(async () => {
    cluster = await startTestCluster({ gatewayApi: 'standard' });
    const applied = await cluster.kubectl([
      'apply',
      '--server-side',
      '-k',
      join(manifests, 'release-controller'),
    ]);
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    await cluster.untilServed(['grayreleases.grayscale.dev']);
    await cluster.kubectl(['create', 'namespace', 'shop']);
    await policyInForce();
  });

  /** A policy is in force a moment after it was accepted. */
  async function policyInForce(): Promise<void> {
    const refused = async () => (await apply(plan({ steps: falling }), '--dry-run=server')).stderr;
    while (!(await refused()).includes('each step must be higher than')) await delay(100);
  }

  afterAll(() => cluster?.stop());

  it('has a structural schema', async () => {
    const { stdout } = await cluster.kubectl([
      'get',
      'crd',
      'grayreleases.grayscale.dev',
      '-o',
      'jsonpath={.status.conditions}',
    ]);
    const conditions: { type: string; status: string }[] = JSON.parse(stdout);
    expect(conditions.find(({ type }) => type === 'NonStructuralSchema')).toBeUndefined();
    expect(conditions.find(({ type }) => type === 'NamesAccepted')?.status).toBe('True');
  });

  it.each(good)('takes %s, and means by it what the file means', async (_, spec) => {
    const { code, stdout, stderr } = await apply(plan(spec), '--dry-run=server', '-o', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const written = planFromObject(plan(spec));
    expect(written.plan).toBeDefined();
    expect(planFromObject(JSON.parse(stdout)).plan).toEqual(written.plan);
  });

  it.each(bad)('refuses %s as a file would be, and says where and why', async (_, spec, field, reason) => {
    expect(planFromObject(plan(spec)).plan).toBeUndefined();
    const { code, stderr } = await apply(plan(spec), '--dry-run=server');
    expect(code).toBe(1);
    expect(stderr).toContain(field);
    expect(stderr).toMatch(reason);
  });

  const running = { running: true, phase: 'Progressing', progress: '2/4', percent: 12.5, conditions: [] };

  async function applied(name: string, spec: object, status?: object): Promise<void> {
    expect(await apply(plan(spec, name))).toMatchObject({ code: 0 });
    if (status === undefined) return;
    const patch = [
      'patch',
      'gr',
      name,
      '-n',
      'shop',
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    ];
    expect(await cluster.kubectl(patch)).toMatchObject({ code: 0 });
  }

  it('keeps the targets as they are while a release runs, and lets everything else change', async () => {
    await applied('kept', {}, running);
    const other = { targets: [{ ...target, canary: { host: 'shop.v3' } }] };
    const refused = await apply(plan(other, 'kept'));
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(
      /the targets cannot change while the release runs; abort, undo or delete it first/,
    );
    await applied('kept', { steps: [{ percent: 5 }], guards: [{ name: 'slow', over: '1s' }] });
    await applied('kept', {}, { ...running, running: false });
    await applied('kept', other);
  });

  it('shows step, percent, phase and age, under a short name', async () => {
    await applied('shown', {}, running);
    const { stdout } = await cluster.kubectl(['get', 'gr', 'shown', '-n', 'shop']);
    expect(stdout.split('\n').map((line) => line.split(/\s{2,}/).slice(0, 4))).toEqual([
      ['NAME', 'STEP', 'PERCENT', 'PHASE'],
      ['shown', '2/4', '12.5', 'Progressing'],
      [''],
    ]);
  });

  it('lets kubectl wait for what a status says', async () => {
    const read = planFromObject(plan({}, 'awaited')).plan as Plan;
    const status = standStillStatus(
      { phase: 'Paused', reason: 'Suspended', message: 'not yet' },
      { now: Date.now(), generation: 1 },
    );
    await applied('awaited', {}, status);
    const wait = (condition: string, seconds: number) =>
      cluster.kubectl([
        'wait',
        `--for=condition=${condition}`,
        `gr/${read.name}`,
        '-n',
        'shop',
        `--timeout=${seconds}s`,
      ]);
    expect(await wait('Paused', 60)).toMatchObject({ code: 0 });
    expect(await wait('Completed', 1)).toMatchObject({ code: 1 });
  });

  it('keeps what is there when the definition is replaced', async () => {
    const record = 'H4sIAAAAAAAAA6tWKkstKs7Mz1OyMqwFAA==';
    await applied('upgraded', { settle: '3s' }, { ...running, record });
    const newer = structuredClone(planDefinition()) as Definition;
    const { properties } = newer.spec.versions[0]?.schema.openAPIV3Schema ?? {};
    Object.assign(properties?.spec.properties ?? {}, { later: { type: 'string', default: 'yes' } });
    expect((await apply(newer)).code).toBe(0);
    const read = async () =>
      JSON.parse((await cluster.kubectl(['get', 'gr', 'upgraded', '-n', 'shop', '-o', 'json'])).stdout);
    while ((await read()).spec.later !== 'yes') await delay(100);
    expect(await read()).toMatchObject({ spec: { settle: '3s' }, status: { ...running, record } });
    // And back: the field that this version does not know is gone, and nothing else.
    expect((await apply(planDefinition())).code).toBe(0);
    while ((await read()).spec.later !== undefined) await delay(100);
    expect(await read()).toMatchObject({ spec: { settle: '3s' }, status: { ...running, record } });
  });

  it('comes with a NetworkPolicy and a PodDisruptionBudget where they are wanted', async () => {
    const folder = join(manifests, 'variants/release-controller-hardened');
    const { code, stdout } = await cluster.kubectl(['apply', '--server-side', '-k', folder]);
    expect(code).toBe(0);
    expect(stdout).toContain('networkpolicy.networking.k8s.io/release-controller');
    expect(stdout).toContain('poddisruptionbudget.policy/release-controller');
  });

  it('comes with a token and certificates for Prometheus where they are wanted', async () => {
    const folder = join(manifests, 'variants/release-controller-secured');
    expect((await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-k', folder])).code).toBe(
      0,
    );
    const get = ['get', 'deployment', 'release-controller', '-n', 'grayscale', '-o', 'json'];
    const { spec } = JSON.parse((await cluster.kubectl(get)).stdout).spec.template;
    const [{ env, volumeMounts }] = spec.containers;
    const files = env.filter(({ name }: { name: string }) => name.endsWith('_FILE'));
    for (const { value } of files) expect(value).toContain(`${volumeMounts[0].mountPath}/`);
    expect(files).toHaveLength(2);
    expect(spec.volumes).toMatchObject([{ secret: { secretName: 'prometheus-access' } }]);
  });

  it.each([
    ['patch', 'virtualservices.networking.istio.io', 'yes'],
    ...['httproutes', 'grpcroutes'].flatMap((kind): [string, string, string][] => [
      ...['get', 'list', 'watch', 'patch'].map((verb): [string, string, string] => [
        verb,
        `${kind}.gateway.networking.k8s.io`,
        'yes',
      ]),
      ...['create', 'update', 'delete', 'deletecollection'].map((verb): [string, string, string] => [
        verb,
        `${kind}.gateway.networking.k8s.io`,
        'no',
      ]),
    ]),
    ['patch', 'gateways.gateway.networking.k8s.io', 'no'],
    ['get', 'referencegrants.gateway.networking.k8s.io', 'no'],
    ['patch', 'grayreleases.grayscale.dev', 'yes'],
    ['create', 'events.events.k8s.io', 'yes'],
    ['get', 'secrets', 'no'],
    ['create', 'virtualservices.networking.istio.io', 'no'],
    ['update', 'deployments.apps', 'no'],
    ['list', 'configmaps', 'no'],
    ['update', 'leases.coordination.k8s.io', 'no'],
  ])('the controller may %s %s in the namespaces of releases: %s', async (verb, resource, answer) => {
    const as = '--as=system:serviceaccount:grayscale:release-controller';
    const { stdout } = await cluster.kubectl(['auth', 'can-i', verb, resource, '-n', 'shop', as]);
    expect(stdout.trim()).toBe(answer);
  });
});

interface Definition {
  spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: { properties: object } } } } }[] };
}
