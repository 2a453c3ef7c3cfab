import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { quickPlan } from './testing/quick-plan.js';
import { Stage } from './testing/stage.js';

const rule = 'k8s/internal/virtual-service-v2-10.yaml';
const quick = quickPlan();

it('a good canary gets everything, and undo gives the bytes back', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100 });
  const plan = await stage.plan(quick);
  const rollout = stage.rollout(plan);
  expect([await rollout.exit, rollout.output]).toEqual([0, expect.stringContaining('50 % -> 100 %')]);
  expect(await stage.weights()).toEqual([0, 100]);
  const undo = stage.grayscale('undo', plan);
  expect([await undo.exit, undo.output]).toEqual([0, expect.stringContaining('back')]);
  expect(stage.isUnchanged).toBe(true);
});

it('a canary that fails 20 % is aborted with 81, and git sees no difference', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100 });
  await stage.faults(2, { errorRate: 20 });
  const rollout = stage.rollout(await stage.plan(quick));
  expect([await rollout.exit, rollout.output]).toEqual([
    81,
    expect.stringMatching(/abort: failures: \d+ of \d+ requests/),
  ]);
  expect(stage.isUnchanged).toBe(true);
});

it('a canary that never answers is aborted once the callers give up', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100, giveUpAfter: 1000 });
  await stage.faults(2, { silent: true });
  const rollout = stage.rollout(await stage.plan(quick));
  expect([await rollout.exit, rollout.output]).toEqual([
    81,
    expect.stringMatching(/abort: .*(given up|share)/),
  ]);
  expect(stage.isUnchanged).toBe(true);
});

it('a canary that is good until 50 % and bad from then on does not reach 100 %', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 150 });
  // Long enough at 50 % for the faults to come.
  const steps = quick.steps.map((step) => (step.percent === 50 ? { ...step, hold: '30s' } : step));
  const rollout = stage.rollout(await stage.plan({ ...quick, steps }));
  await rollout.said(/50 % is in force/);
  await stage.faults(2, { errorRate: 25 });
  expect([await rollout.exit, rollout.output]).toEqual([81, expect.stringContaining('abort: failures')]);
  expect(rollout.output).not.toContain('-> 100 %');
  expect(stage.isUnchanged).toBe(true);
});

it('hello-1 bad while hello-2 is good: the release goes on', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100 });
  await stage.faults(1, { errorRate: 30 });
  const rollout = stage.rollout(await stage.plan(quick));
  expect([await rollout.exit, rollout.output]).toEqual([0, expect.anything()]);
});

it('a canary that is bad for the users alone is aborted, and their rule is gone', async () => {
  await using stage = await Stage.set({ failsFor: 'test' });
  let requests = 0;
  // Every tenth request is of the user, for whom alone hello-2 is bad.
  stage.traffic({
    requestsPerSecond: 150,
    headers: () => {
      requests += 1;
      return requests % 10 === 0 ? { user: 'test' } : {};
    },
  });
  const rollout = stage.rollout(await stage.plan({ ...quick, users: [{ header: 'user', exact: ['test'] }] }));
  expect([await rollout.exit, rollout.output]).toEqual([81, expect.stringContaining('abort: failures')]);
  expect(stage.isUnchanged).toBe(true);
});

describe('an observer', () => {
  it('sees one object a line with -o json, and reads the same in history; status is what the journal ends with', async () => {
    await using stage = await Stage.set();
    stage.traffic({ requestsPerSecond: 100 });
    const plan = await stage.plan({ ...quick, steps: [{ percent: 50, hold: '1s' }] });
    const rollout = stage.rollout(plan, '-o', 'json');
    expect(await rollout.exit).toBe(0);
    const events = rollout.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ kind, release }) => [kind, release])).toEqual(
      events.map(() => ['GrayReleaseEvent', 'hello-page/hello-2']),
    );
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['start', 'done', 'advance', 'finish']),
    );
    const history = stage.grayscale('history', plan, '-o', 'json');
    await history.exit;
    expect(
      history.output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(events);
    const status = stage.grayscale('status', plan, '-o', 'json');
    expect(await status.exit).toBe(0);
    expect(JSON.parse(status.output)).toMatchObject({
      kind: 'GrayReleaseStatus',
      phase: 'completed',
      wanted: 50,
    });
    const list = stage.grayscale('list', '-f', '.');
    await list.exit;
    expect(list.output).toMatch(/hello-page\/hello-2\s+completed\s+50 %\s+-\s+release\.yaml/);
  });
});

describe('a human', () => {
  it('pauses, resumes, promotes and aborts a running release from another terminal', async () => {
    await using stage = await Stage.set();
    stage.traffic({ requestsPerSecond: 50 });
    const plan = await stage.plan({
      ...quick,
      steps: [25, 50, 75].map((percent) => ({ percent, hold: '1h' })),
    });
    const rollout = stage.rollout(plan);
    await rollout.said(/25 % is in force/);
    const told = async (...args: string[]) => {
      const verb = stage.grayscale(...args);
      return [await verb.exit, verb.output];
    };
    expect(await told('pause', plan)).toEqual([0, expect.stringContaining('paused')]);
    expect(await told('pause', plan)).toEqual([64, expect.stringContaining('paused already')]);
    expect(await told('status', plan)).toEqual([80, expect.stringMatching(/paused[\s\S]*25 % written/)]);
    expect(await told('promote', plan)).toEqual([0, expect.anything()]);
    await rollout.said(/50 % is in force/);
    expect(await told('undo', plan, '--to-step', '1')).toEqual([0, expect.stringContaining('step 1')]);
    expect(await told('abort', plan, '--reason', 'it is Friday')).toEqual([
      0,
      expect.stringContaining('it is Friday'),
    ]);
    expect(await rollout.exit).toBe(81);
    expect(stage.isUnchanged).toBe(true);
  });

  it('is waited for with 80; without a process the verbs work as well, and the release goes on where it was', async () => {
    await using stage = await Stage.set();
    stage.traffic({ requestsPerSecond: 100 });
    const steps = [
      { percent: 25, hold: '1s', pause: true },
      { percent: 50, hold: '1s' },
    ];
    const plan = await stage.plan({ ...quick, steps });
    const first = stage.rollout(plan, '--exit-on-pause');
    expect([await first.exit, first.output]).toEqual([80, expect.stringContaining('waits for a human')]);
    expect(await stage.weights()).toEqual([75, 25]);
    const promote = stage.grayscale('promote', plan);
    expect([await promote.exit, promote.output]).toEqual([
      0,
      expect.stringContaining('grayscale rollout goes on'),
    ]);
    const second = stage.rollout(plan);
    expect([await second.exit, second.output]).toEqual([0, expect.anything()]);
    expect(await stage.weights()).toEqual([50, 50]);
  });
});

describe('a plan that is changed while its release runs', () => {
  it('is followed from the next look; a broken one is refused with words and keeps nobody from aborting', async () => {
    await using stage = await Stage.set();
    stage.traffic({ requestsPerSecond: 100 });
    const plan = await stage.plan({ ...quick, steps: [{ percent: 25, hold: '1h' }, { percent: 50 }] });
    const rollout = stage.rollout(plan);
    await rollout.said(/25 % is in force/);
    const steps = [
      { percent: 25, hold: '1s' },
      { percent: 60, hold: '1h' },
    ];
    await stage.plan({ ...quick, steps });
    await rollout.said(/the plan has changed: steps/);
    await rollout.said(/60 % is in force/);
    await writeFile(stage.at(plan), 'kind: GrayRelease\nspec: {');
    await rollout.said(/refused: the changed plan is not valid: release\.yaml:\d+:\d+: /);
    const status = stage.grayscale('status', plan);
    expect([await status.exit, status.output]).toEqual([0, expect.stringContaining('60')]);
    const abort = stage.grayscale('abort', plan);
    expect([await abort.exit, abort.output]).toEqual([0, expect.anything()]);
    expect(await rollout.exit).toBe(81);
    expect(await stage.weights()).toEqual([90, 10]);
  });
});

describe('two at once', () => {
  it('a second rollout of the plan shows the status of the first; another plan for the rule is refused with 75, also while nobody drives', async () => {
    await using stage = await Stage.set();
    stage.traffic({ requestsPerSecond: 50 });
    const plan = await stage.plan({ ...quick, steps: [{ percent: 25, hold: '1h' }] });
    const other = await stage.plan(quick, 'other.yaml');
    const detached = stage.rollout(plan, '--detach');
    expect([await detached.exit, detached.output]).toEqual([0, expect.stringMatching(/process \d+ carries/)]);
    const second = stage.rollout(plan);
    await second.said(/carries this release out; showing its status[\s\S]*run 1/);
    const refused = stage.rollout(other);
    expect([await refused.exit, refused.output]).toEqual([75, expect.stringContaining('release.yaml')]);
    process.kill(Number(/process (\d+)/.exec(detached.output)?.[1]), 'SIGKILL');
    const still = stage.rollout(other);
    expect([await still.exit, still.output]).toEqual([75, expect.stringContaining('has not ended')]);
    const abort = stage.grayscale('abort', plan);
    expect([await abort.exit, abort.output]).toEqual([0, expect.anything()]);
    expect(await second.exit).toBe(81);
    const free = stage.rollout(other, '--once');
    expect([await free.exit, free.output]).toEqual([83, expect.anything()]);
  });
});

describe('somebody else edits', () => {
  it('other rules and comments stay as they are edited; other weights are drift, and nothing is written', async () => {
    await using stage = await Stage.set();
    stage.traffic({ requestsPerSecond: 50 });
    const plan = await stage.plan({ ...quick, steps: [25, 50].map((percent) => ({ percent, hold: '1h' })) });
    const rollout = stage.rollout(plan);
    await rollout.said(/25 % is in force/);
    const edited = `# a new comment\n${await stage.rule()}`;
    await writeFile(stage.at(rule), edited);
    await stage.grayscale('promote', plan).exit;
    await rollout.said(/50 % is in force/);
    expect(await stage.rule()).toBe(
      edited.replace('weight: 75', 'weight: 50').replace('weight: 25', 'weight: 50'),
    );
    await writeFile(stage.at(rule), (await stage.rule()).replace('weight: 50', 'weight: 60'));
    await rollout.said(/drift: .*60\/50/);
    const status = stage.grayscale('status', plan);
    expect(await status.exit).toBe(82);
    await after(1000);
    expect(await stage.weights()).toEqual([60, 50]);
  });

  it('a branch without the weights pauses it, nothing is written there, and back on the branch it goes on', async () => {
    await using stage = await Stage.set();
    stage.traffic({ requestsPerSecond: 50 });
    stage.git('checkout', '--quiet', '-b', 'other');
    stage.git('rm', '--quiet', rule);
    await writeFile(
      stage.at('k8s/internal/kustomization.yaml'),
      'resources: [../hello-page, ../hello-1, ../hello-2]\n',
    );
    stage.git('commit', '--quiet', '--all', '--message', 'no rule');
    stage.git('checkout', '--quiet', 'main');
    const plan = await stage.plan({ ...quick, steps: [25, 50].map((percent) => ({ percent, hold: '1h' })) });
    const rollout = stage.rollout(plan, '--commit');
    await rollout.said(/25 % is in force/);
    expect(stage.git('log', '-1', '--format=%s')).toBe('release(hello-page/hello-2): 25 % to the canary');
    stage.git('checkout', '--quiet', 'other');
    await rollout.said(/drift: .*is gone/);
    expect(stage.isUnchanged).toBe(true);
    stage.git('checkout', '--quiet', 'main');
    await after(2500);
    expect(await stage.grayscale('resume', plan).exit).toBe(0);
    expect(await stage.grayscale('promote', plan).exit).toBe(0);
    await rollout.said(/50 % is in force/);
    expect(await readFile(stage.at(rule), 'utf8')).toContain('weight: 50');
  });
});

it('--commit commits each step with its evidence, and --exec runs after each write', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100 });
  const plan = await stage.plan({ ...quick, steps: [25, 50].map((percent) => ({ percent, hold: '1s' })) });
  const rollout = stage.rollout(
    plan,
    '--commit',
    '--exec',
    'echo "$GRAYSCALE_RELEASE $GRAYSCALE_PERCENT" >> exec.log',
  );
  expect([await rollout.exit, rollout.output]).toEqual([0, expect.anything()]);
  expect(await readFile(stage.at('exec.log'), 'utf8')).toBe('hello-page/hello-2 25\nhello-page/hello-2 50\n');
  expect(stage.git('log', '--format=%s', '-2')).toBe(
    'release(hello-page/hello-2): 50 % to the canary\nrelease(hello-page/hello-2): 25 % to the canary',
  );
  expect(stage.git('log', '-1', '--format=%b')).toMatch(/25 % -> 50 % .* canary requests, 0 failed/);
  expect(stage.git('show', '--name-only', '--format=', 'HEAD')).toBe(rule);
});

it('a failing --exec pauses the release', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 50 });
  const rollout = stage.rollout(await stage.plan(quick), '--exit-on-pause', '--exec', 'exit 3');
  expect([await rollout.exit, rollout.output]).toEqual([
    80,
    expect.stringMatching(/exit 3 ended with status 3[\s\S]*paused/),
  ]);
});

it('counts out of reach: it waits, writes nothing further, and says so; with --unreachable-for it ends with 69', async () => {
  await using stage = await Stage.set();
  const plan = await stage.plan(quick);
  const args = [
    'rollout',
    plan,
    '-f',
    'k8s/internal',
    '--metrics',
    'http://127.0.0.1:9/',
    '--interval',
    '200ms',
  ];
  const rollout = stage.grayscale(...args, '--unreachable-for', '2s');
  expect(await rollout.exit).toBe(69);
  const status = stage.grayscale('status', plan);
  await status.exit;
  expect(status.output).toContain('http://127.0.0.1:9/ refuses the connection');
});

describe('what cannot be started is refused with 65, and nothing is written', () => {
  it.each([
    { what: 'a misspelt field', spec: { step: [] }, message: /release\.yaml:\d+:\d+: .*step/ },
    {
      what: 'an arm that the rule does not have',
      spec: {
        targets: [
          {
            virtualService: 'hello-ext-svc',
            stable: 'hello.hello-1.svc.cluster.local',
            canary: 'hello.hello-3',
          },
        ],
      },
      message: /no rule sends to hello\.hello-3/,
    },
    {
      what: 'a VirtualService that is not there',
      spec: { targets: [{ virtualService: 'hello', stable: 'hello.hello-1', canary: 'hello.hello-2' }] },
      message: /VirtualService hello-page\/hello is in none of the files/,
    },
  ])('$what', async ({ spec, message }) => {
    await using stage = await Stage.set({ processes: false });
    const plan = await stage.plan({ ...quick, ...spec });
    const rollout = stage.grayscale(
      'rollout',
      plan,
      '-f',
      'k8s/internal',
      '--metrics',
      'http://127.0.0.1:9/',
    );
    expect([await rollout.exit, rollout.output]).toEqual([65, expect.stringMatching(message)]);
    expect(stage.isUnchanged).toBe(true);
  });
});
