import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyManifests } from '../../../../k8s/testing/copied.js';
import { runCaptured } from '../testing/run-captured.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grayscale-plan-'));
  await copyManifests(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const check = (plan: string, ...args: string[]) =>
  runCaptured('plan', 'check', at(plan), '-f', at('internal'), '-f', at('local'), ...args);

async function change(name: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(at(name), 'utf8');
  expect(text).toMatch(from);
  await writeFile(at(name), text.replace(from, to));
}

/** A rule for clients from outside, beside the demo's own. */
const edge = (gateways: string) => `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-system }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ['*'] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: edge, namespace: hello-page }
spec:
  hosts: [hello.example.com, hello.com]
  gateways: [${gateways}]
  http:
    - route:
        - destination: { host: hello.hello-1.svc.cluster.local, port: { number: 8080 } }
          weight: 90
        - destination: { host: hello.hello-2.svc.cluster.local, port: { number: 8080 } }
          weight: 10
`;

describe('plan check', () => {
  it.each([
    ['istio-system/public', 'istio-ingressgateway', 'istio-system', 0, /can be carried out/],
    ['istio-system/public, mesh', 'istio-ingressgateway', 'istio-system', 0, /can be carried out/],
    [
      'istio-system/public',
      'hello-page',
      'hello-page',
      79,
      /The caller hello-page\/hello-page does not make this split: .*Write callers: \[\{ workload: istio-ingressgateway, namespace: istio-system \}\]/,
    ],
  ])('a rule for %s, called by %s', async (gateways, workload, namespace, expected, words) => {
    await writeFile(at('edge.yaml'), edge(gateways));
    await change('release/hello-2.yaml', 'virtualService: hello-ext-svc', 'virtualService: edge');
    await change('release/hello-2.yaml', 'workload: hello-page', `workload: ${workload}`);
    await change('release/hello-2.yaml', /(workload: .*\n\s+namespace: )hello-page/, `$1${namespace}`);
    const { code, out } = await check('release/hello-2.yaml', '-f', at('edge.yaml'));
    expect([code, out]).toEqual([expected, expect.stringMatching(words)]);
  });

  it('an HTTPRoute is asked as a VirtualService is', async () => {
    const folders = ['-f', at('variants/internal-httproute'), '-f', at('local')];
    const good = await runCaptured('plan', 'check', at('release/httproute/hello-2.yaml'), ...folders);
    expect([good.code, good.err]).toEqual([0, '']);
    expect(good.out).toContain('-          weight: 90\n+          weight: 75\n');
    await change('local/hello-2-endpointSlice.yaml', 'ready: true', 'ready: false');
    const dead = await runCaptured('plan', 'check', at('release/httproute/hello-2.yaml'), ...folders);
    expect([dead.code, dead.out]).toEqual([
      79,
      expect.stringMatching(/http-route-v2-10\.yaml:\d+: .*endpoint/i),
    ]);
  });

  it.each(['release/hello-2.yaml', 'release/production.yaml'])('%s can be carried out', async (plan) => {
    const { code, out, err } = await check(plan, '--rate', '20');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(`${at(plan)} can be carried out.`);
  });

  it('shows the change of each step, what it needs, and how long it takes at a rate', async () => {
    const { out } = await check('release/hello-2.yaml', '--rate', '0.5');
    expect(out).toMatch(/^25 %: hold 15 s, 31 canary requests at least, about 4 min/);
    expect(out).toContain('-          weight: 90\n+          weight: 75\n');
    expect(out).toMatch(/In all \d+ min/);
  });

  it('gives the same as JSON', async () => {
    const { out } = await check('release/hello-2.yaml', '-o', 'json');
    const { kind, problems, steps } = JSON.parse(out);
    expect([kind, problems]).toEqual(['GrayReleaseCheck', []]);
    expect(steps.map(({ percent, isSkipped }: Record<string, unknown>) => [percent, isSkipped])).toEqual([
      [25, false],
      [50, false],
      [100, false],
    ]);
  });

  it('a mistake in the plan is told with its place and a suggestion: 65', async () => {
    await change('release/hello-2.yaml', 'settle: 3s', 'setle: 3s');
    const { code, err } = await check('release/hello-2.yaml');
    expect(code).toBe(65);
    expect(err).toMatch(/hello-2\.yaml:\d+:\d+: error: .*setle.*settle/);
  });

  it.each([
    {
      what: 'a share that no weights give',
      edit: () => change('internal/virtual-service-v2-10.yaml', 'weight: 90', 'weight: -90'),
      message: /weight -90/,
    },
    {
      what: 'a canary that the rule does not list',
      edit: () => change('release/hello-2.yaml', 'canary: hello.hello-2', 'canary: hello.hello-3'),
      message: /no rule sends to hello\.hello-3.*its destinations are/s,
    },
    {
      what: 'a weight that cannot be edited safely',
      edit: () =>
        change('internal/virtual-service-v2-10.yaml', 'weight: 90', 'weight: &share 90\n          # *share'),
      message: /anchor|carried out/,
    },
  ])('$what: 79, and the file stays', async ({ edit, message }) => {
    await edit();
    const before = await readFile(at('internal/virtual-service-v2-10.yaml'), 'utf8');
    const { code, out, err } = await check('release/hello-2.yaml');
    expect([code, out + err]).toEqual([79, expect.stringMatching(message)]);
    expect(await readFile(at('internal/virtual-service-v2-10.yaml'), 'utf8')).toBe(before);
  });

  it('an arm without endpoints, and a caller for whom another rule decides: 79, with the place', async () => {
    await change('local/hello-2-endpointSlice.yaml', 'ready: true', 'ready: false');
    const dead = await check('release/hello-2.yaml');
    expect([dead.code, dead.out]).toEqual([
      79,
      expect.stringMatching(/virtual-service-v2-10\.yaml:\d+: .*endpoint/i),
    ]);
    await change('internal/virtual-service-v2-10.yaml', 'hosts:', 'gateways: [some-gateway]\n  hosts:');
    const gateway = await check('release/hello-2.yaml');
    expect([gateway.code, gateway.out]).toEqual([
      79,
      expect.stringMatching(/No .*requests .* follow this rule/),
    ]);
  });

  it('the schema is JSON Schema, and has every field of our plans', async () => {
    const { out } = await runCaptured('plan', 'schema');
    const schema = JSON.parse(out);
    expect(schema.$schema).toMatch(/json-schema\.org/);
    const fields = Object.keys(schema.properties.spec.properties);
    expect(fields).toEqual(
      expect.arrayContaining(['targets', 'callers', 'users', 'steps', 'guards', 'settle', 'noData']),
    );
  });
});

it('list shows the plans of a folder and passes over other manifests', async () => {
  await cp(at('internal/virtual-service-v2-10.yaml'), at('release/rule.yaml'));
  const { out } = await runCaptured('list', '-f', at('release'));
  expect(out.split('\n').filter((line) => line.includes('not started'))).toHaveLength(2);
  const { out: json } = await runCaptured('list', '-f', at('release/hello-2.yaml'), '-o', 'json');
  expect(JSON.parse(json).items).toEqual([
    { plan: at('release/hello-2.yaml'), release: 'hello-page/hello-2', phase: 'not started' },
  ]);
  expect((await runCaptured('list', '-f', at('nowhere'))).code).toBe(64);
});

it('verbs on a plan that was never started say what to do', async () => {
  for (const verb of ['pause', 'resume', 'promote', 'abort', 'undo', 'retry']) {
    const { code, err } = await runCaptured(verb, at('release/hello-2.yaml'), '-f', at('internal'));
    expect([code, err]).toEqual([
      64,
      expect.stringContaining('has not been started; start it with grayscale rollout'),
    ]);
  }
  expect((await runCaptured('status', at('release/hello-2.yaml'))).out).toContain('has not been started');
  expect((await runCaptured('history', at('release/hello-2.yaml'))).out).toBe('never started\n');
});
