import { planOf, World } from '../testing/world.js';
import { type Condition, type ReleaseStatus, releaseStatus, standStillStatus } from './status.js';

const statusOf = (world: World, previous?: ReleaseStatus): ReleaseStatus =>
  releaseStatus(world.plan, world.state, {
    now: world.now,
    generation: 3,
    ...(previous === undefined ? {} : { previous }),
  });

const holding = ({ conditions }: ReleaseStatus): string[] =>
  conditions.filter(({ status }) => status === 'True').map(({ type }) => type);

const timeOf = ({ conditions }: ReleaseStatus, type: Condition['type']): string | undefined =>
  conditions.find((condition) => condition.type === type)?.lastTransitionTime;

describe('the status of a GrayRelease', () => {
  it('follows a good release to its end', () => {
    const world = new World(planOf());
    world.look();
    const begun = statusOf(world);
    expect(begun).toMatchObject({
      observedGeneration: 3,
      phase: 'Progressing',
      running: true,
      run: 1,
      progress: '1/3',
      percent: 10,
      targets: [{ virtualService: 'hello-page/hello-ext-svc', canary: 'hello.hello-2', percent: 10 }],
    });
    expect(begun.guards).toContainEqual(
      expect.objectContaining({ name: 'failures', test: 'ratio', evidence: 1, needed: 400 }),
    );
    expect(begun.guards?.map(({ test }) => test)).toContain('gave-up');
    expect(holding(begun)).toEqual(['Progressing']);
    world.run();
    const done = statusOf(world, begun);
    expect(done).toMatchObject({ phase: 'Healthy', running: false, progress: '3/3', percent: 100 });
    expect(done.message).toBe('all steps are done');
    expect(holding(done)).toEqual(['Completed']);
    expect(done.conditions[0]).toMatchObject({ reason: 'Completed', observedGeneration: 3 });
  });

  it('names what pauses or aborts it', () => {
    const world = new World(planOf());
    world.look();
    world.command({ kind: 'pause' });
    expect(statusOf(world)).toMatchObject({ phase: 'Paused', running: true });
    expect(holding(statusOf(world))).toEqual(['Paused']);
    world.command({ kind: 'abort', reason: 'the shop is closed' });
    const aborted = statusOf(world);
    expect(holding(aborted)).toEqual(['Degraded']);
    expect(aborted).toMatchObject({ phase: 'Degraded', running: false, percent: 0 });
    expect(aborted.conditions[3]).toMatchObject({ reason: 'Aborted', message: 'the shop is closed' });
  });

  it('keeps the time at which a condition became what it is', () => {
    const world = new World(planOf());
    world.look();
    const first = statusOf(world);
    world.now += 60_000;
    world.command({ kind: 'pause' });
    const second = statusOf(world, first);
    expect(timeOf(second, 'Completed')).toBe(timeOf(first, 'Completed'));
    expect(timeOf(second, 'Paused')).not.toBe(timeOf(first, 'Paused'));
    expect(timeOf(second, 'Paused')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('keeps what was known of a release that stands still', () => {
    const world = new World(planOf());
    world.look();
    const still = standStillStatus(
      { phase: 'Paused', reason: 'Suspended', message: 'spec.suspend is true' },
      { now: world.now, generation: 4, previous: statusOf(world) },
    );
    expect(still).toMatchObject({ observedGeneration: 4, phase: 'Paused', running: true, percent: 10 });
    expect(holding(still)).toEqual(['Paused']);
    expect(still.conditions[2]).toMatchObject({ reason: 'Suspended', message: 'spec.suspend is true' });
  });
});
