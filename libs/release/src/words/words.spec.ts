import { estimatePlan } from '../estimate.js';
import { planOf, World } from '../testing/world.js';
import { durationText, percentText } from './figures.js';
import { shortHosts } from './names.js';
import { reportOf } from './report.js';
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
  expect([0, 5.83, 30].map(oddsText)).toEqual([
    'nothing unusual',
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
    let noticed = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const world = new World(plan, undefined, seed);
      world.behaviour = { rate: 100, stable: 0.005, canary: 0.005 * ratio };
      world.run(() => world.state.progress.held >= 600_000);
      if (world.state.phase === 'aborted') noticed++;
    }
    expect(noticed).toBeGreaterThanOrEqual(28);
  });
});
