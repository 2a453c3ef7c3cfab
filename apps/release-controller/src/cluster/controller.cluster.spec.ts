import { setTimeout as delay } from 'node:timers/promises';
import { ClusterStage } from '../testing/cluster-stage.js';
import { condition, plan } from '../testing/hello-release.js';

describe('a controller in a cluster', () => {
  let stage: ClusterStage;

  beforeAll(async () => {
    stage = await ClusterStage.start();
  });

  afterAll(() => stage?.[Symbol.asyncDispose]());

  beforeEach(() => stage.reset());

  it('carries a good release out, and kubectl shows and awaits it', async () => {
    await using _ = await stage.startController();
    await stage.releases.create(plan());
    await stage.kubectl(
      'wait',
      '--for=condition=Completed',
      'gr/hello-2',
      '-n',
      'hello-page',
      '--timeout=90s',
    );
    expect(await stage.weights()).toEqual(['90/10', '75/25', '50/50', '0/100']);
    const { metadata } = await stage.virtualService();
    expect(metadata.annotations ?? {}).not.toHaveProperty('grayscale.dev/release');
    expect(await stage.kubectl('get', 'gr', '-n', 'hello-page')).toMatch(/hello-2 +3\/3 +100 +Healthy/);
    const reasons = (await stage.events('hello-2')).map(({ reason }) => reason);
    expect(reasons[0]).toBe('Started');
    expect(reasons.filter((reason) => reason === 'StepPassed')).toHaveLength(3);
    expect(reasons.at(-1)).toBe('Finished');
    const described = await stage.kubectl('describe', 'gr', 'hello-2', '-n', 'hello-page');
    const lines = described
      .slice(described.indexOf('\nEvents:'))
      .matchAll(/^ {2}(?:Normal|Warning) +(\w+)/gm);
    expect([...lines].map(([, reason]) => reason)).toEqual(reasons);
    expect(described.split('\n').length).toBeLessThan(150);
  });

  it('takes a bad one back, and says what it saw', async () => {
    await using _ = await stage.startController();
    await stage.releases.create(plan());
    await stage.until('hello-2', ({ status }) => status?.percent === 25);
    await stage.setErrorRate(100);
    const aborted = await stage.until('hello-2', (release) => condition(release, 'Degraded') !== undefined);
    await stage.until('hello-2', ({ status }) => status?.running === false);
    expect(await stage.weights()).toEqual(['90/10', '75/25', '90/10']);
    expect(condition(aborted, 'Degraded')?.message).toMatch(/^failures: .*hello-2/);
    const [firstFailure = 0] = stage.failures;
    const back = stage.changes.at(-1)?.at ?? 0;
    process.stdout.write(
      `detection: ${back - firstFailure} ms from the first failing request to the old weights, scraped each 1000 ms\n`,
    );
    expect(await stage.events('hello-2')).toContainEqual(
      expect.objectContaining({ reason: 'Aborted', type: 'Warning' }),
    );
  });

  it('stops where somebody else writes, and names them', async () => {
    await using _ = await stage.startController();
    await stage.releases.create(plan());
    await stage.until('hello-2', ({ status }) => status?.percent === 25);
    const git = ['-f', 'k8s/internal/virtual-service-v2-10.yaml'];
    await stage.kubectl(
      'apply',
      '--server-side',
      '--force-conflicts',
      '--field-manager=argocd-controller',
      ...git,
    );
    const paused = await stage.until('hello-2', (release) => condition(release, 'Paused') !== undefined);
    expect(condition(paused, 'Paused')).toMatchObject({
      reason: 'Drift',
      message: expect.stringMatching(/the weights are 90\/10, not 75\/25, changed by argocd-controller/),
    });
    expect(await stage.weights()).toEqual(['90/10', '75/25', '90/10']);
    expect(await stage.events('hello-2')).toContainEqual(
      expect.objectContaining({ reason: 'Drift', note: expect.stringContaining('argocd-controller') }),
    );
  });

  it('says which right it misses, and goes on once it has it', async () => {
    await using _ = await stage.startController();
    await stage.releases.create(plan());
    await stage.until('hello-2', ({ status }) => status?.percent === 25);
    const rules = JSON.parse(
      await stage.kubectl('get', 'clusterrole', 'grayscale-release-controller', '-o', 'json'),
    ).rules;
    const index = rules.findIndex(({ resources }: { resources: string[] }) =>
      resources.includes('virtualservices'),
    );
    const verbs = (...list: string[]) =>
      stage.kubectl(
        'patch',
        'clusterrole',
        'grayscale-release-controller',
        '--type=json',
        '-p',
        JSON.stringify([{ op: 'replace', path: `/rules/${index}/verbs`, value: list }]),
      );
    await verbs('get', 'list', 'watch');
    const refused = await stage.until('hello-2', (release) => condition(release, 'Paused') !== undefined);
    expect(condition(refused, 'Paused')).toMatchObject({
      reason: 'Refused',
      message: expect.stringMatching(
        /Not allowed to patch virtualservices\.networking\.istio\.io "hello-ext-svc" in the namespace hello-page/,
      ),
    });
    await verbs('get', 'list', 'watch', 'patch');
    const patch = ['patch', 'virtualservices.networking.istio.io', '-n', 'hello-page'];
    await stage.cluster.untilAllowed(stage.kubeconfig, patch);
    await stage.command('hello-2', { kind: 'resume' });
    await stage.until('hello-2', (release) => condition(release, 'Completed') !== undefined);
    expect(await stage.weights()).toEqual(['90/10', '75/25', '50/50', '0/100']);
  });

  it('waits while it is suspended, follows changed steps, and stops where it is when it is deleted', async () => {
    await using _ = await stage.startController();
    await stage.releases.create(plan({ suspend: true }));
    const waiting = await stage.until('hello-2', (release) => condition(release, 'Paused') !== undefined);
    expect(condition(waiting, 'Paused')).toMatchObject({ reason: 'Suspended' });
    const patch = (spec: object) =>
      stage.kubectl(
        'patch',
        'gr',
        'hello-2',
        '-n',
        'hello-page',
        '--type=merge',
        '-p',
        JSON.stringify({ spec }),
      );
    await patch({ suspend: false });
    await stage.until('hello-2', ({ status }) => status?.percent === 25);
    await patch({
      steps: [25, 30, 100].map((percent) => ({ percent, hold: percent === 30 ? '1h' : '1s', requests: 10 })),
    });
    const changed = await stage.until('hello-2', ({ status }) => status?.percent === 30);
    expect(changed.status).toMatchObject({
      progress: '2/3',
      observedGeneration: changed.metadata.generation,
    });
    await patch({ suspend: true });
    await stage.until('hello-2', (release) => condition(release, 'Paused')?.reason === 'Suspended');
    await patch({ suspend: false });
    await stage.until('hello-2', (release) => condition(release, 'Progressing') !== undefined);
    await stage.kubectl('delete', 'gr', 'hello-2', '-n', 'hello-page');
    while (!(await stage.events('hello-2')).some(({ reason }) => reason === 'Deleted')) await delay(50);
    expect(await stage.weights()).toEqual(['90/10', '75/25', '70/30']);
    while ((await stage.virtualService()).metadata.annotations?.['grayscale.dev/release'] !== undefined)
      await delay(50);
  });

  it('says what is wrong with a plan that only reading it shows', async () => {
    await using _ = await stage.startController();
    const canary = { host: 'hello.hello-2.svc.cluster.local', subst: 'v2' };
    await stage.releases.create(
      plan({ targets: [{ virtualService: 'hello-ext-svc', stable: 'hello.hello-1', canary }] }),
    );
    const invalid = await stage.until('hello-2', (release) => condition(release, 'Degraded') !== undefined);
    expect(condition(invalid, 'Degraded')).toMatchObject({
      reason: 'InvalidPlan',
      message: 'spec.targets[0].canary.subst: there is no field "subst" here; did you mean "subset"?',
    });
    await stage.kubectl(
      'patch',
      'gr',
      'hello-2',
      '-n',
      'hello-page',
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/spec/targets/0/canary/subst"},{"op":"replace","path":"/spec/targets/0/stable","value":"hello.hello-9"}]',
    );
    const lost = await stage.until(
      'hello-2',
      (release) => condition(release, 'Degraded')?.reason === 'CannotStart',
    );
    expect(condition(lost, 'Degraded')?.message).toMatch(/hello\.hello-9/);
  });

  it('hands over when it is told to stop, and shows its releases from each replica', async () => {
    await using first = await stage.startController();
    await first.said(/this controller leads/);
    await using second = await stage.startController();
    await stage.releases.create(plan({ steps: [{ percent: 25, hold: '1h' }] }));
    await stage.until('hello-2', ({ status }) => status?.percent === 25);
    for (const { url } of [first, second]) {
      expect((await fetch(`${url}/readyz`)).status).toBe(200);
      const page = await (await fetch(`${url}/releases/hello-page/hello-2`)).text();
      expect(page).toMatch(/hello-page\/hello-ext-svc[\s\S]*25 %/);
      expect(page).not.toContain('<script');
    }
    const metrics = await (await fetch(`${first.url}/metrics`)).text();
    expect(metrics).toContain(
      'grayscale_release_weight{release="hello-page/hello-2",target="hello-page/hello-ext-svc",arm="canary"} 25',
    );
    expect(metrics).toContain('grayscale_release_phase{release="hello-page/hello-2",phase="progressing"} 1');
    expect(metrics).toMatch(
      /grayscale_release_evidence\{release="hello-page\/hello-2",guard="failures",test="ratio"\} [\d.e-]+/,
    );
    expect(metrics).toContain('guard="failures",test="gave-up"}');
    expect(await (await fetch(`${second.url}/metrics`)).text()).toContain(
      'grayscale_release_controller_leader 0',
    );
    expect(await first.end('SIGTERM')).toBe(0);
    await second.said(/this controller leads/);
    const lease = await stage.kubectl(
      'get',
      'lease',
      'release-controller',
      '-n',
      'grayscale',
      '-o',
      'jsonpath={.spec.leaseTransitions}',
    );
    expect(Number(lease)).toBeGreaterThan(0);
    await stage.setErrorRate(100);
    await stage.until('hello-2', (release) => condition(release, 'Degraded') !== undefined);
    await stage.until('hello-2', ({ status }) => status?.running === false);
    expect(await stage.weights()).toEqual(['90/10', '75/25', '90/10']);
  });

  it('killed at random again and again, each weight is written once and in order', async () => {
    const random = seeded(14);
    const percents = [15, 20, 25, 30, 40, 50, 60, 80, 100];
    const steps = percents.map((percent) => ({ percent, hold: '500ms', requests: 5 }));
    await stage.releases.create(plan({ steps, settle: '200ms' }));
    const controllers = [await stage.startController(), await stage.startController()];
    let kills = 0;
    const isDone = async () => condition(await stage.release('hello-2'), 'Completed') !== undefined;
    while (!(await isDone())) {
      await delay(500 + 4000 * random());
      const index = Math.floor(2 * random());
      await controllers[index]?.end(random() < 0.7 ? 'SIGKILL' : 'SIGTERM');
      kills += 1;
      controllers[index] = await stage.startController();
    }
    for (const controller of controllers) await controller.end('SIGTERM');
    process.stdout.write(`${kills} controllers ended on the way, of two that run beside each other\n`);
    expect(kills).toBeGreaterThan(2);
    expect((await stage.weights()).map(canaryShare)).toEqual([10, ...percents]);
  }, 300_000);
});

/** In percent. */
function canaryShare(weights: string): number {
  const [stable = 0, canary = 0] = weights.split('/').map(Number);
  return (100 * canary) / (stable + canary);
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
