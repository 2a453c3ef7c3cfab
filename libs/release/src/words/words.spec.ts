import { estimatePlan } from '../estimate.js';
import { reportOf, stepsOf } from '../report/report.js';
import { planOf, World } from '../testing/world.js';
import { durationText, percentText } from './figures.js';
import { shortHosts } from './names.js';
import { oddsText } from './test-text.js';

it.each([
  [0, '0 %'],
  [0.1, '0.1 %'],
  [0.0133, '0.013 %'],
  [0.00004, '0 %'],
  [9.6171, '9.6 %'],
  [33.3333, '33.3 %'],
  [100, '100 %'],
])('%d percent is %s', (percent, text) => {
  expect(percentText(percent)).toBe(text);
});

it.each([
  [0, '0 s'],
  [1500, '1.5 s'],
  [59_999, '1 min'],
  [61_000, '1 min 1 s'],
  [600_000, '10 min'],
  [90_061_000, '1 d 1 h'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});

it('hosts are shown without what they have in common', () => {
  expect(shortHosts('hello.hello-1.svc.cluster.local', 'hello.hello-2.svc.cluster.local')).toEqual([
    'hello.hello-1',
    'hello.hello-2',
  ]);
  expect(shortHosts('hello-1.external', 'hello-2.external')).toEqual(['hello-1', 'hello-2']);
  expect(shortHosts('a', 'b')).toEqual(['a', 'b']);
  expect(shortHosts('x.a', 'y.z.x.a')).toEqual(['x', 'y.z.x']);
});

it('evidence is told as odds', () => {
  expect([0, 0.69, Math.LN2, 5.83, 30].map(oddsText)).toEqual([
    'nothing unusual',
    'nothing unusual',
    'a 1 in 2 event',
    'a 1 in 340 event',
    'rarer than a 1 in 1,000,000,000 event',
  ]);
});

it('a report tells where a release stands, and roughly how long it takes to go on', () => {
  const world = new World(planOf());
  world.behaviour = { rate: 20, stable: 0.01, canary: 0 };
  world.run(() => world.state.progress.held >= 20_000);
  const report = reportOf(world.plan, world.state);
  expect(report).toMatchObject({
    release: 'hello-page/hello-2',
    phase: 'progressing',
    step: 1,
    wanted: 10,
    because: { reason: 'hold' },
  });
  expect(report.guards[0]).toMatchObject({
    kind: 'ratio',
    guard: 'failures',
    rate: { low: 0 },
    needed: expect.closeTo(400, 6),
  });
  const [step] = report.steps;
  const missing = ((step?.requestsNeeded ?? 0) - (step?.requests ?? 0)) / 2;
  expect(report.untilNext).toBeGreaterThan(0.7 * 1000 * missing);
  expect(report.untilNext).toBeLessThan(1.4 * 1000 * missing);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

describe('the steps of a report', () => {
  const steps = [
    { percent: 10, hold: '60s' },
    { percent: 50, hold: '2m', pause: true },
    { percent: 100, hold: '60s' },
  ];
  const told = (world: World) =>
    reportOf(world.plan, world.state).steps.map(({ state, held, requests }) => [state, held, requests > 0]);

  it('are done, under way and ahead', () => {
    const world = new World(planOf({ steps }));
    world.run(() => world.share === 50 && world.state.progress.held > 0);
    const { held } = world.state.progress;
    expect(told(world)).toEqual([
      ['done', 60_000, false],
      ['current', held, true],
      ['ahead', 0, false],
    ]);
    expect(stepsOf(world.plan)).toEqual(
      reportOf(world.plan, world.state).steps.map((step) => ({
        ...step,
        state: 'ahead',
        held: 0,
        requests: 0,
      })),
    );
    world.run(() => world.state.phase === 'paused');
    world.command({ kind: 'promote', full: false });
    world.run();
    expect(told(world).map(([state]) => state)).toEqual(['done', 'done', 'done']);
    expect(reportOf(world.plan, world.state)).toMatchObject({ wanted: 100, targets: [{ written: 100 }] });
  });

  it.each([
    ['aborting', { kind: 'abort' as const, to: 5 }, 10, 50],
    ['aborted', { kind: 'abort' as const, to: 5 }, 5, 5],
    ['undone', { kind: 'undo' as const }, 0, 0],
  ])('are left where the release goes back from them: %s', (phase, command, wanted, written) => {
    const world = new World(planOf({ steps }));
    world.run(() => world.share === 50 && world.state.progress.held > 0);
    if (phase === 'aborting') world.refuse = () => 'forbidden';
    world.command(command);
    const report = reportOf(world.plan, world.state);
    expect(report.steps.map(({ state }) => state)).toEqual(['done', 'left', 'ahead']);
    expect(report.steps[1]).toMatchObject({ held: world.state.progress.held });
    expect(report).toMatchObject({ phase, step: 2, targets: [{ written }] });
    expect(report).not.toHaveProperty('untilNext');
    expect(report.wanted).toBe(phase === 'aborting' ? written : wanted);
  });

  it('have no reason before anything was decided, and no share before anything was counted', () => {
    const world = new World(planOf());
    const report = reportOf(world.plan, world.state);
    expect(report).not.toHaveProperty('because');
    expect(report.observed).toEqual([{ stable: 'hello.hello-1', canary: 'hello.hello-2', requests: 0 }]);
    expect(report.targets).toEqual([
      {
        virtualService: 'hello-page/hello-ext-svc',
        stable: 'hello.hello-1',
        canary: 'hello.hello-2',
        written: 0,
      },
    ]);
  });

  it('settle before they are held', () => {
    const world = new World(planOf({ settle: '40s', steps: [{ percent: 50, hold: '60s' }] }));
    world.behaviour.rate = 1000;
    world.run(() => world.state.progress.inForceSince !== undefined);
    const first = reportOf(world.plan, world.state).untilNext ?? 0;
    world.look(15);
    expect(reportOf(world.plan, world.state).untilNext).toBe(first - 15_000);
    world.run(() => world.state.progress.held === 20_000);
    expect(reportOf(world.plan, world.state).untilNext).toBe(40_000);
  });
});

it('a decision in one line has the figures of its step', () => {
  const world = new World(planOf());
  world.behaviour = { rate: 200, stable: 0.004, canary: 0.004 };
  world.run(() => world.share === 50);
  const { observed } = world.state.progress;
  expect(Object.keys(observed)).toEqual([]);
  const line = world.notes.find(({ kind }) => kind === 'advance')?.message ?? '';
  const share = Number(/observed ([\d.]+) %/.exec(line)?.[1]);
  expect(share).toBeGreaterThan(8);
  expect(share).toBeLessThan(12);
});

it('a test of a ceiling names it in percent', () => {
  const world = new World(planOf({ guards: [{ name: 'failures', max: '2.5%' }] }));
  world.behaviour = { rate: 100, stable: 0, canary: 0.5 };
  world.run();
  expect(world.state.because?.message).toMatch(/If it were at most 2\.5 %, so many would be /);
});

describe('an estimate', () => {
  it('has the time that requests take, or the hold where that is longer', () => {
    const plan = planOf({ steps: [0.1, 100].map((percent) => ({ percent, hold: '10m' })), settle: '0s' });
    const { steps, takes } = estimatePlan(plan, 1);
    expect(steps[0]).toMatchObject({
      requests: 455,
      gap: 1_000_000,
      requestsTake: 455_000_000,
      takes: 455_000_000,
    });
    expect(steps[1]).toMatchObject({ requests: 455, takes: 600_000 });
    expect(takes).toBe(455_600_000);
  });

  it('says what the requests would notice: less at a higher rate, and that is what they do notice', () => {
    const plan = planOf({
      guards: [{ name: 'failures', ratio: 1.5 }],
      steps: [{ percent: 10, hold: '10m' }],
    });
    const ratios = [1, 10, 100, 1000].map(
      (rate) => estimatePlan(plan, rate).steps[0]?.noticed ?? Number.POSITIVE_INFINITY,
    );
    expect(ratios).toEqual(ratios.toSorted((a, b) => b - a));
    const ratio = ratios[2] ?? 0;
    expect(Number(ratio.toPrecision(2))).toBe(ratio);
    let noticed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const world = new World(plan, undefined, seed);
      world.behaviour = { rate: 100, stable: 0.005, canary: 0.005 * ratio };
      world.run(() => world.state.progress.held >= 600_000);
      if (world.state.phase === 'aborted') noticed++;
    }
    expect(noticed).toBeGreaterThanOrEqual(28);
  });

  it('says nothing of what would be noticed where nothing could be: without a ratio, a stable or requests', () => {
    const noticed = (percent: number, guard: object, rate = 100) =>
      estimatePlan(
        planOf({ guards: [{ name: 'failures', ...guard }], steps: [{ percent, hold: '10m' }] }),
        rate,
      ).steps[0]?.noticed;
    expect(noticed(10, { ratio: 1.5 })).toBeGreaterThan(1.5);
    expect(noticed(10, { max: '1%' })).toBeUndefined();
    expect(noticed(0, { ratio: 1.5 })).toBeUndefined();
    expect(noticed(100, { ratio: 1.5 })).toBeUndefined();
    expect(noticed(10, { ratio: 1.5 }, 0.001)).toBeGreaterThan(1.5);
  });
});
