import { follow } from './follow.js';
import { planOf, target, World } from './testing/world.js';

const steps = (...percents: number[]) => ({ steps: percents.map((percent) => ({ percent, hold: '60s' })) });

/** A release of 10, 50 and 100 % that is at 50 %. */
function atHalf(): World {
  const world = new World(planOf());
  world.run(() => world.state.percent === 50 && world.state.progress.held > 20_000);
  return world;
}

describe('a plan that is changed while the release runs', () => {
  it.each([
    ['the same steps', steps(10, 50, 100), 1, 100],
    ['a step is put in above', steps(10, 50, 75, 100), 1, 75],
    ['a step is put in below', steps(10, 25, 50, 100), 2, 100],
    ['the step in force goes away', steps(10, 60, 100), 0, 60],
    ['all steps are above', steps(80, 100), -1, 80],
    ['all steps are below', steps(10, 20), 1, undefined],
  ])('%s: the share stays, and the next step is the next one above', (_, spec, step, next) => {
    const world = atHalf();
    const plan = planOf(spec);
    const followed = follow(plan, world.state);
    if (followed.kind === 'refused') throw new Error(followed.messages.join());
    expect(followed.state).toMatchObject({
      step,
      percent: 50,
      progress: { held: world.state.progress.held },
    });
    world.plan = plan;
    world.state = followed.state;
    const writes = world.writes.length;
    world.run(() => world.writes.length > writes);
    expect(world.writes.at(writes)?.percent).toBe(next);
    world.run();
    expect(world.state.phase).toBe('completed');
  });

  it('keeps the evidence of the guards that stay, and begins anew with one that was changed', () => {
    const before = planOf({
      guards: [
        { name: 'failures', ratio: 1.5 },
        { name: 'slow', over: '1s', ratio: 2 },
      ],
    });
    const world = new World(before);
    world.run(() => world.state.percent === 50 && world.state.progress.held > 20_000);
    const kept = Object.keys(world.state.evidence.trials).filter((key) => !key.startsWith('slow'));
    world.plan = planOf({
      guards: [
        { name: 'failures', ratio: 1.5 },
        { name: 'slow', over: '1s', ratio: 3 },
      ],
    });
    const requests = world.state.evidence.trials[kept[0] as string]?.start.canary.requests ?? 0;
    world.look();
    const { trials } = world.state.evidence;
    const slow = Object.entries(trials).find(([key]) => key.startsWith('slow'))?.[1];
    expect(trials[kept[0] as string]?.start.canary.requests).toBeGreaterThan(requests);
    expect(slow?.start.canary.requests).toBeLessThan(requests);
  });

  it.each([
    [
      'another canary',
      { targets: [{ ...target('hello-ext-svc'), canary: 'hello.hello-3' }] },
      /targets were changed/,
    ],
    ['one more target', { targets: [target('hello-ext-svc'), target('other')] }, /targets were changed/],
  ])('is refused with %s', (_, spec, message) => {
    expect(follow(planOf(spec), atHalf().state)).toEqual({
      kind: 'refused',
      messages: [expect.stringMatching(message)],
    });
  });

  it('is nothing to a run that is over', () => {
    const world = new World(planOf());
    world.run();
    const changed = planOf({ targets: [target('other')] });
    expect(follow(changed, world.state)).toEqual({ kind: 'followed', state: world.state });
  });
});
