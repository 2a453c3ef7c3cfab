import type { Plan } from './plan/plan.js';
import { revise } from './revise.js';
import { planOf, splitRule, target, World } from './testing/world.js';

/** Gives a release another plan while it runs. @returns why not */
function change(world: World, next: Plan): string | undefined {
  const revised = revise(world.plan, next, world.state);
  if (revised.kind === 'refused') return revised.message;
  if (revised.kind === 'revised') Object.assign(world, { plan: revised.plan, state: revised.state });
  return undefined;
}

const steps = (...percents: number[]) => percents.map((percent) => ({ percent, hold: '60s' }));
const shares = (world: World) => world.writes.map(({ percent }) => percent);

/** A release whose canary has 50 %, of 10, 50 and 100. */
function atHalf(spec: Record<string, unknown> = {}): World {
  const world = new World(planOf(spec));
  world.run(() => world.share === 50 && world.state.progress.held > 20_000);
  return world;
}

describe('steps that change while a release runs', () => {
  it.each([
    { what: 'further ones before and behind', to: steps(1, 10, 20, 50, 75, 100), shares: [10, 50, 75, 100] },
    { what: 'the ones before are gone', to: steps(50, 100), shares: [10, 50, 100] },
    { what: 'the ones behind are gone', to: steps(10, 50), shares: [10, 50] },
    { what: 'the next one is another', to: steps(10, 50, 60), shares: [10, 50, 60] },
    { what: 'the share itself is gone', to: steps(10, 40, 100), shares: [10, 50, 100] },
  ])(
    '$what: the share that is in force stays, and the next step is the one above it',
    ({ to, shares: expected }) => {
      const world = atHalf();
      const { held } = world.state.progress;
      expect(change(world, planOf({ steps: to }))).toBeUndefined();
      expect(world.state.percent).toBe(50);
      expect(world.state.progress.held).toBe(held);
      world.run();
      expect(world.state.phase).toBe('completed');
      expect(shares(world)).toEqual(expected);
    },
  );

  it('that no weights can give are refused, and nothing changes', () => {
    const third = { host: 'hello.hello-3.svc.cluster.local', port: 8080, weight: 99_998 };
    const { destinations, ...rule } = splitRule(400_001, 1);
    const world = new World(planOf({ steps: steps(50, 100) }), [
      [{ ...rule, destinations: [...destinations, third] }],
    ]);
    world.run(() => world.share === 50);
    const before = structuredClone(world.state);
    expect(change(world, planOf({ steps: steps(50, 66.6667) }))).toMatch(
      /no weights up to 1,000,000 .* 66\.6667 %/,
    );
    expect(world.state).toEqual(before);
  });

  it('a longer hold holds longer, a shorter one that is over lets it go on at the next look', () => {
    const world = atHalf();
    expect(
      change(
        world,
        planOf({
          steps: [
            { percent: 50, hold: '10m' },
            { percent: 100, hold: '60s' },
          ],
        }),
      ),
    ).toBeUndefined();
    world.run(() => world.share !== 50, 60);
    expect(world.share).toBe(50);
    expect(
      change(
        world,
        planOf({
          steps: [
            { percent: 50, hold: '1s' },
            { percent: 100, hold: '60s' },
          ],
        }),
      ),
    ).toBeUndefined();
    world.look();
    expect(world.share).toBe(100);
  });

  it('of a release whose first step was refused may be any', () => {
    const world = new World(planOf());
    world.refuse = ({ percent }) => (percent === 10 ? 'too fine' : undefined);
    world.look();
    expect(world.state.phase).toBe('paused');
    expect(change(world, planOf({ steps: steps(20, 100) }))).toBeUndefined();
    world.command({ kind: 'resume' });
    world.run();
    expect(shares(world).filter((share) => share > 0)).toEqual([20, 100]);
  });

  it('a gate that has opened for a step stays open for that step and for no other', () => {
    const gate = { name: 'gate', webhook: 'http://gate', type: 'confirm-traffic-increase' };
    const guards = [{ name: 'failures', max: '5%' }, gate];
    const world = atHalf({ guards });
    let asked = 0;
    world.webhook = () => {
      asked += 1;
      return true;
    };
    expect(change(world, planOf({ guards, steps: steps(50, 100) }))).toBeUndefined();
    world.run();
    expect([asked, world.state.phase]).toEqual([1, 'completed']);
  });
});

describe('guards that change while a release runs', () => {
  const failures = { name: 'failures', max: '10%' };

  it('a stricter one aborts what the old one let pass, at the next look', () => {
    const world = atHalf({ guards: [failures] });
    world.behaviour = { rate: 100, stable: 0, canary: 0.04 };
    world.run(() => false, 5);
    expect(world.state.phase).toBe('progressing');
    expect(change(world, planOf({ guards: [{ name: 'failures', max: '1%' }] }))).toBeUndefined();
    world.run();
    expect(world.state.phase).toBe('aborted');
  });

  it('the step has to satisfy a new one by counts of its own, and keeps its hold', () => {
    const world = atHalf({ guards: [failures] });
    const { held } = world.state.progress;
    const next = planOf({ guards: [failures, { name: 'strict', max: '0.1%' }] });
    expect(change(world, next)).toBeUndefined();
    expect(world.state.progress).toMatchObject({ held });
    expect(world.state.progress.inForceSince).toBeUndefined();
    world.look();
    expect(world.state.evidence.trials).toMatchObject({
      [Object.keys(world.state.evidence.trials).find((key) => key.startsWith('strict')) ?? '']: {
        step: { canary: { requests: 0 } },
      },
    });
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('one that stays keeps its evidence', () => {
    const world = atHalf({ guards: [failures] });
    const before = structuredClone(world.state.evidence.trials);
    expect(change(world, planOf({ guards: [failures, { name: 'other', max: '5%' }] }))).toBeUndefined();
    expect(world.state.evidence.trials).toEqual(before);
  });

  it('at 100 % one without a max gets its ceiling', () => {
    const world = new World(planOf({ guards: [failures] }));
    world.run(() => world.share === 100 && world.state.progress.began !== undefined);
    expect(change(world, planOf({ guards: [{ name: 'failures', ratio: 2 }] }))).toBeUndefined();
    expect(Object.values(world.state.evidence.ceilings)).toEqual([expect.any(Number)]);
    world.behaviour = { rate: 100, stable: 0, canary: 0.9 };
    world.run();
    expect(world.state.phase).toBe('aborted');
  });
});

describe('what cannot change while a release runs', () => {
  it.each([
    ['targets', { targets: [target('another')] }],
    ['targets', { targets: [{ ...target('hello-ext-svc'), rule: 0 }] }],
    ['targets', { targets: [target('hello-ext-svc'), target('another')] }],
    ['sticky', { sticky: { header: 'x-bucket', digits: 3 } }],
  ])('%s', (field, spec) => {
    const world = atHalf();
    expect(change(world, planOf(spec))).toMatch(new RegExp(`^${field} cannot change while the release runs`));
    world.run();
    expect(shares(world)).toEqual([10, 50, 100]);
  });
});

it('users may be added and taken away: their rule follows with the next decision', () => {
  const world = atHalf({ users: [{ header: 'user', exact: ['a'] }] });
  const rule = () => world.rules[0]?.find(({ name }) => name?.includes('users'));
  expect(change(world, planOf({ users: [{ header: 'user', exact: ['a', 'b'] }] }))).toBeUndefined();
  world.look();
  expect(rule()?.matches).toHaveLength(2);
  expect(world.share).toBe(50);
  expect(change(world, planOf())).toBeUndefined();
  world.look();
  expect(rule()).toBeUndefined();
  expect(world.share).toBe(50);
  world.run();
  expect(world.state.phase).toBe('completed');
});

it('a plan that says the same in other words is none', () => {
  const world = atHalf();
  expect(revise(world.plan, planOf({ settle: '10000ms' }), world.state)).toEqual({ kind: 'same' });
});
