import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { NodeProcess } from '../../../../tools/node-process.js';
import { runCaptured } from '../testing/run-captured.js';
import { CountedSplit } from './testing/counted-split.js';

const arm = (version: number) => `hello.hello-${version}.svc.cluster.local`;

describe('the verbs of a release, against a cluster', () => {
  let cluster: TestCluster;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grayscale-verbs-'));
    cluster = await startTestCluster();
    await kubectl(['create', 'namespace', 'hello-page']);
  });

  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function kubectl(args: string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args, input);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }

  const manifest = (name: string) =>
    JSON.stringify({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace: 'hello-page' },
      spec: {
        hosts: [`${name}.example`],
        http: [
          {
            route: [
              { destination: { host: arm(1) }, weight: 90 },
              { destination: { host: arm(2) }, weight: 10 },
            ],
          },
        ],
      },
    });

  const apply = (name: string, ...options: string[]) =>
    kubectl(['apply', '--server-side', '-f', '-', ...options], manifest(name));

  async function weights(name: string): Promise<string> {
    const path = 'jsonpath={.spec.http[-1:].route[*].weight}';
    return await kubectl(['get', 'virtualservice', name, '-n', 'hello-page', '-o', path]);
  }

  /** A plan of three quick steps, in a file. */
  async function planOf(name: string, spec: Record<string, unknown> = {}): Promise<string> {
    const path = join(folder, `${name}.json`);
    const plan = {
      apiVersion: 'grayscale.dev/v1alpha1',
      kind: 'GrayRelease',
      metadata: { name, namespace: 'hello-page' },
      spec: {
        targets: [{ virtualService: name, stable: arm(1), canary: arm(2) }],
        callers: [{ workload: 'hello-page', namespace: 'hello-page' }],
        steps: [25, 50, 100].map((percent) => ({ percent, hold: '1s', requests: 50 })),
        guards: [{ name: 'failures', ratio: 1.5, max: '20%' }],
        settle: '100ms',
        ...spec,
      },
    };
    await writeFile(path, JSON.stringify(plan));
    return path;
  }

  const connection = (kubeconfig = cluster.kubeconfig) => ['--cluster', '--kubeconfig', kubeconfig];
  const verb = (...argv: string[]) => runCaptured(...argv, ...connection());
  const named = (...argv: string[]) => verb(...argv, '-n', 'hello-page');

  function rollout(plan: string, counted: CountedSplit, ...options: string[]): NodeProcess {
    const argv = ['rollout', plan, '--metrics', counted.url, '--interval', '100ms', ...options];
    return new NodeProcess('apps/grayscale/bin/grayscale.js', [
      ...argv,
      ...(options.includes('--kubeconfig') ? [] : connection()),
    ]);
  }

  it('weight set asks, writes in one patch, and leaves nothing in the way of whoever applies the object', async () => {
    await apply('by-hand');
    const rule = 'hello-page/by-hand';
    const dry = await verb('weight', 'set', rule, '--to', 'hello-2=25', '--dry-run');
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('the API server would take it') });
    expect(await weights('by-hand')).toBe('90 10');
    const diff = await verb('weight', 'set', rule, '--to', 'hello-2=25', '--dry-run', '-o', 'diff');
    expect(diff.out).toMatch(/^- +weight: 90\n\+ +weight: 75$/m);
    const written = await verb('weight', 'set', rule, '--to', 'hello-2=25');
    expect(written).toMatchObject({ code: 0, out: expect.stringContaining('by-hand (cluster) is written') });
    expect(await weights('by-hand')).toBe('75 25');
    await apply('by-hand');
    expect(await weights('by-hand')).toBe('90 10');
  });

  it('plan check shows each step, and asks the API server for it', async () => {
    await apply('checked');
    const plan = await planOf('checked');
    const checked = await verb('plan', 'check', plan);
    expect(checked.out).toMatch(/^-.*weight: 90\n\+.*weight: 75$/m);
    expect(checked.out).toMatch(/VirtualService hello-page\/checked/);
    expect(await weights('checked')).toBe('90 10');
    const { metadata } = JSON.parse(
      await kubectl([
        'get',
        'virtualservice',
        'checked',
        '-n',
        'hello-page',
        '-o',
        'json',
        '--show-managed-fields',
      ]),
    );
    expect(metadata.managedFields.map(({ manager }: { manager: string }) => manager)).toEqual(['kubectl']);
  });

  it('a good canary gets everything; its name is enough for status, history, list and undo', async () => {
    await apply('good');
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'good');
    await using run = rollout(await planOf('good'), counted);
    expect([await run.exit, run.output]).toEqual([0, expect.stringContaining('50 % -> 100 %')]);
    expect(await weights('good')).toBe('0 100');
    expect(await named('status', 'good')).toMatchObject({
      code: 0,
      out: expect.stringContaining('completed'),
    });
    expect((await named('history', 'good')).out).toMatch(/run 1, .*\n.*run 1 starts.*25 % -> 50 %/s);
    expect((await named('list')).out).toMatch(/hello-page\/good +completed +100 % +- +ConfigMap/);
    expect(await named('undo', 'good')).toMatchObject({ code: 0, out: expect.stringContaining('back') });
    expect(await weights('good')).toBe('90 10');
    expect(await named('status', 'good')).toMatchObject({ code: 81 });
    await apply('good');
  });

  it('another terminal pauses, sees, promotes and aborts what a process drives', async () => {
    await apply('steered');
    const plan = await planOf('steered', {
      steps: [{ percent: 25, pause: true, hold: '1s' }, { percent: 100 }],
    });
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'steered');
    await using run = rollout(plan, counted);
    await run.said(/25 % is in force/);
    expect(await named('pause', 'steered')).toMatchObject({
      code: 0,
      out: expect.stringContaining('paused'),
    });
    expect(await named('status', 'steered')).toMatchObject({ code: 80 });
    expect((await named('list')).out).toMatch(/steered +paused +25 % +process \d+ +ConfigMap/);
    // Whoever starts it once more is shown what goes on.
    await using second = rollout(plan, counted);
    await second.said(/process \d+ carries this release out/);
    expect(await named('promote', 'steered')).toMatchObject({
      code: 0,
      out: expect.stringContaining('promoted'),
    });
    await run.said(/25 % -> 100 %/);
    expect(await verb('abort', plan, '--reason', 'enough')).toMatchObject({
      code: 0,
      out: expect.stringContaining('enough'),
    });
    expect(await run.exit).toBe(81);
    expect(await second.exit).toBe(81);
    expect(await weights('steered')).toBe('90 10');
    expect(run.output.match(/enough/g)).toHaveLength(1);
    expect(await named('pause', 'steered')).toMatchObject({ code: 64 });
    expect(await named('retry', 'steered')).toMatchObject({ code: 0 });
  });

  it('goes on at once after kill -9, and after Ctrl-C', async () => {
    await apply('killed');
    const plan = await planOf('killed');
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'killed');
    counted.stayAt(25);
    await using first = rollout(plan, counted);
    await first.said(/25 % is in force/);
    first.signal('SIGKILL');
    await first.exit;
    counted.stayAt(50);
    await using second = rollout(plan, counted);
    await second.said(/50 % is in force/);
    second.signal('SIGINT');
    expect(await second.exit).toBe(83);
    counted.stayAt(undefined);
    await using third = rollout(plan, counted);
    expect([await third.exit, third.output]).toEqual([0, expect.stringContaining('50 % -> 100 %')]);
    const history = (await named('history', 'killed', '-o', 'json')).out.trim().split('\n');
    const done = history.map((line) => JSON.parse(line)).filter(({ event }) => event === 'done');
    expect(done.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it('--detach leaves it to a process that outlives the terminal, and says where that writes', async () => {
    await apply('background');
    const plan = await planOf('background', { steps: [{ percent: 25, hold: '1h' }] });
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'background');
    await using run = rollout(plan, counted, '--detach');
    expect(await run.exit).toBe(0);
    const [, pid = '', log = ''] =
      /^process (\d+) carries the release out; it writes to (\S+)\n$/.exec(run.output) ?? [];
    expect((await named('list')).out).toMatch(new RegExp(`background .* process ${pid} `));
    await until(async () => (await readFile(log, 'utf8')).includes('25 % is in force'));
    await using second = rollout(plan, counted, '--detach');
    await second.said(new RegExp(`process ${pid} carries this release out`));
    expect(await named('abort', 'background')).toMatchObject({ code: 0 });
    await until(async () => !isAlive(Number(pid)));
    expect([await second.exit, await weights('background')]).toEqual([81, '90 10']);
    expect(await readFile(log, 'utf8')).toMatch(/aborted/);
  });

  it('--detach says at once what keeps the release from starting', async () => {
    await apply('cannot', '--force-conflicts');
    const targets = [{ virtualService: 'cannot', stable: arm(1), canary: arm(9) }];
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'cannot');
    await using run = rollout(await planOf('cannot', { targets }), counted, '--detach');
    expect([await run.exit, run.output]).toEqual([
      65,
      expect.stringMatching(/it ended at once:[\s\S]*hello\.hello-9/),
    ]);
  });

  it('a bad canary is taken back, with 81', async () => {
    await apply('bad');
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'bad');
    counted.failing = 50;
    await using run = rollout(await planOf('bad'), counted);
    expect([await run.exit, run.output]).toEqual([81, expect.stringContaining('abort: failures')]);
    expect(await weights('bad')).toBe('90 10');
  });

  it("git's copy applied midway is drift: 82, the writer is named, and nothing is written over it", async () => {
    await apply('drifted');
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'drifted');
    counted.stayAt(25);
    await using run = rollout(await planOf('drifted'), counted, '--exit-on-pause');
    await run.said(/25 % is in force/);
    await apply('drifted', '--force-conflicts', '--field-manager=argocd-controller');
    expect([await run.exit, run.output]).toEqual([82, expect.stringMatching(/drift: .*argocd-controller/)]);
    expect(await weights('drifted')).toBe('90 10');
    expect(await named('undo', 'drifted')).toMatchObject({
      code: 82,
      err: expect.stringContaining('--force'),
    });
    expect(await named('undo', 'drifted', '--force')).toMatchObject({ code: 0 });
    expect(await weights('drifted')).toBe('90 10');
  });

  it('69 when the API server is out of reach for longer than asked; the same command goes on', async () => {
    await apply('outage');
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'outage');
    counted.stayAt(25);
    const plan = await planOf('outage');
    await using run = rollout(plan, counted, '--unreachable-for', '1s');
    await run.said(/25 % is in force/);
    await cluster.stopServer();
    try {
      expect([await run.exit, run.output]).toEqual([69, expect.stringContaining('cannot be reached')]);
    } finally {
      await cluster.startServer();
    }
    counted.stayAt(undefined);
    await using again = rollout(plan, counted);
    expect([await again.exit, again.output]).toEqual([0, expect.stringContaining('50 % -> 100 %')]);
  });

  describe('for a user with few rights', () => {
    let limited: string;

    async function setRole(verbs: string[]): Promise<void> {
      await kubectl(
        ['apply', '-f', '-'],
        JSON.stringify({
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'releaser', namespace: 'hello-page' },
          rules: [
            { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'create', 'patch'] },
            { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
            { apiGroups: ['networking.istio.io'], resources: ['virtualservices'], verbs },
          ],
        }),
      );
      const patch = ['patch', 'virtualservices.networking.istio.io', '-n', 'hello-page'];
      await cluster.untilAllowed(limited, patch, verbs.includes('patch') ? 'yes' : 'no');
    }

    beforeAll(async () => {
      await kubectl(['create', 'serviceaccount', 'releaser', '-n', 'hello-page']);
      await kubectl([
        ...['create', 'rolebinding', 'releaser', '-n', 'hello-page'],
        ...['--role=releaser', '--serviceaccount=hello-page:releaser'],
      ]);
      limited = await cluster.serviceAccount('hello-page', 'releaser');
      await setRole(['get', 'patch']);
    });

    it('77 with verb and resource when a right is taken away midway; with it back, the release goes on', async () => {
      await apply('rights');
      await using counted = await CountedSplit.of(cluster.kubeconfig, 'rights');
      counted.stayAt(25);
      const plan = await planOf('rights');
      await using run = rollout(plan, counted, ...connection(limited));
      await run.said(/25 % is in force/);
      await setRole(['get']);
      counted.stayAt(undefined);
      expect([await run.exit, run.output]).toEqual([
        77,
        expect.stringContaining('Not allowed to patch virtualservices.networking.istio.io "rights"'),
      ]);
      expect(await weights('rights')).toBe('75 25');
      await setRole(['get', 'patch']);
      await named('resume', 'rights');
      await using again = rollout(plan, counted, ...connection(limited));
      expect([await again.exit, await weights('rights')]).toEqual([0, '0 100']);
    });

    it('77 before anything is written when a right is missing from the start', async () => {
      await setRole(['get']);
      await apply('no-rights');
      await using counted = await CountedSplit.of(cluster.kubeconfig, 'no-rights');
      await using run = rollout(await planOf('no-rights'), counted, ...connection(limited));
      expect([await run.exit, run.output]).toEqual([
        77,
        expect.stringMatching(/cannot be started\nNot allowed to patch/),
      ]);
      expect(await weights('no-rights')).toBe('90 10');
      expect(await named('status', 'no-rights')).toMatchObject({ code: 64 });
    });
  });

  it('a GrayRelease is carried out by its name, steered by another terminal, and shows where it stands', async () => {
    await kubectl(['apply', '-f', 'k8s/release-controller/customResourceDefinition.yaml']);
    await cluster.untilServed(['grayreleases.grayscale.dev']);
    await apply('object');
    const steps = [
      { percent: 25, pause: true, hold: '1s' },
      { percent: 100, hold: '1s', requests: 50 },
    ];
    const plan = await planOf('object', { steps });
    await kubectl(['apply', '-f', plan]);
    await using counted = await CountedSplit.of(cluster.kubeconfig, 'object');
    await using refused = rollout(plan, counted);
    expect([await refused.exit, refused.output]).toEqual([
      64,
      expect.stringContaining('grayscale rollout object --cluster'),
    ]);
    await using run = rollout('object', counted, '-n', 'hello-page');
    await run.said(/25 % is in force/);
    await run.said(/paused/);
    expect((await named('list')).out).toMatch(/object +paused +25 % +process \d+ +GrayRelease/);
    await until(async () =>
      /1\/2 +25 +Paused/.test(await kubectl(['get', 'gr', 'object', '-n', 'hello-page'])),
    );
    expect(await named('promote', 'object')).toMatchObject({
      code: 0,
      out: expect.stringContaining('promoted'),
    });
    expect(await run.exit).toBe(0);
    expect(run.output.match(/promoted by command/g)).toHaveLength(1);
    await kubectl(['wait', '--for=condition=Completed', 'gr/object', '-n', 'hello-page', '--timeout=60s']);
    const { metadata, status } = JSON.parse(
      await kubectl(['get', 'gr', 'object', '-n', 'hello-page', '-o', 'json']),
    );
    expect(status.phase).toBe('Healthy');
    expect(Object.keys(metadata.annotations)).not.toContain('grayscale.dev/commands');
    expect(await named('undo', 'object')).toMatchObject({ code: 0 });
    expect(await weights('object')).toBe('90 10');
  });

  it('says what is wrong with what it is asked', async () => {
    expect(await named('status', 'nobody')).toMatchObject({
      code: 64,
      err: expect.stringMatching(/there is no release nobody in the namespace hello-page/),
    });
    expect(await verb('rollout', 'x.yaml', '-f', '.')).toMatchObject({ code: 64 });
    expect(await verb('rollout', await planOf('x'), '--commit')).toMatchObject({ code: 64 });
    expect(await runCaptured('rollout', 'x.yaml')).toMatchObject({ code: 64 });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(50);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
