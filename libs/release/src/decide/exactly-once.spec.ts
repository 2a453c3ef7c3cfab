import fc from 'fast-check';
import type { Command } from '../event.js';
import { planOf, splitRule, target, World } from '../testing/world.js';

type Move =
  | { kind: 'look'; seconds: number }
  | { kind: 'behave'; canary: number; stable: number; rate: number }
  | { kind: 'command'; command: Command }
  | { kind: 'edit'; canary: number }
  | { kind: 'crash'; written: boolean }
  | { kind: 'refuse'; target: number };

const command = fc.constantFrom<Command>(
  { kind: 'promote', full: false },
  { kind: 'promote', full: true },
  { kind: 'pause' },
  { kind: 'resume' },
  { kind: 'abort' },
  { kind: 'undo' },
  { kind: 'undo', force: true },
  { kind: 'undo', toStep: 1 },
  { kind: 'retry' },
);

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('look' as const), seconds: fc.constantFrom(1, 5, 30, 600) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('behave' as const),
      canary: fc.constantFrom(0, 0.001, 0.3, 1),
      stable: fc.constantFrom(0, 0.001, 0.3),
      rate: fc.constantFrom(0, 2, 100),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('command' as const), command }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('edit' as const), canary: fc.constantFrom(0, 7, 60) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), written: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('refuse' as const), target: fc.constantFrom(-1, 0, 1) }),
  },
);

/** A driver that may die between keeping the state and writing, or right after writing; and that checks each write before it is made. */
class Checked extends World {
  crash: 'before' | 'after' | undefined;
  /** Whether somebody else's edit stands in the rules. */
  edited = false;

  override apply(write: Parameters<World['apply']>[0]): void {
    const last = this.writes.at(-1);
    // The number of a write that was lost may come again; one that was made, never.
    expect(write.seq).toBeGreaterThan(last?.seq ?? 0);
    const weights = this.split(write.target).destinations.map(({ weight }) => weight);
    expect(weights).toEqual(write.before.weights.map(({ weight }) => weight));
    const highest = Math.max(...this.plan.steps.map(({ percent }) => percent));
    expect(write.percent).toBeLessThanOrEqual(highest);
    if (this.crash === 'before') throw new Crash();
    super.apply(write);
    if (this.crash === 'after') throw new Crash();
  }
}

class Crash extends Error {}

function survive(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

function play(world: Checked, next: Move): void {
  if (next.kind === 'look') survive(() => world.look(next.seconds));
  else if (next.kind === 'behave')
    world.behaviour = { rate: next.rate, canary: next.canary, stable: next.stable };
  else if (next.kind === 'command') survive(() => world.command(next.command));
  else if (next.kind === 'refuse')
    world.refuse = (write) => (write.target === next.target ? 'forbidden' : undefined);
  else if (next.kind === 'edit') world.rules[0] = [splitRule(100 - next.canary, next.canary)];
  else {
    world.crash = next.written ? 'after' : 'before';
    survive(() => world.look());
    world.crash = undefined;
  }
}

const plan = planOf({
  targets: [target('a'), target('b')],
  steps: [10, 50, 100].map((percent) => ({ percent, hold: '20s' })),
  guards: [{ name: 'failures', ratio: 1.5, max: '5%' }],
});

/** The full count is for `npm run test:soak`. */
const runs = (full: number) => (process.env.SUITE === 'soak' ? 100 * full : Math.ceil(full / 4));

it('whatever happens, no write is made twice, none over what somebody else wrote, and shares only rise by steps', () => {
  fc.assert(
    fc.property(fc.array(move, { minLength: 5, maxLength: 60 }), fc.integer(), (moves, seed) => {
      const world = new Checked(plan, undefined, seed);
      for (const next of moves) {
        const before = world.writes.length;
        const { phase } = world.state;
        play(world, next);
        for (const { purpose, percent } of world.writes.slice(before)) {
          // A paused release writes nothing new of its own accord.
          if (phase === 'paused' && next.kind !== 'command') expect(purpose).not.toBe('restore');
          if (purpose === 'step') expect([10, 50, 100]).toContain(percent);
        }
        expect(JSON.parse(JSON.stringify(world.state))).toEqual(world.state);
      }
    }),
    { seed: 1, numRuns: runs(150) },
  );
});

it('an abort after anything at all ends with the canary no higher than before it, and at most where it was at the start', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), fc.integer(), (moves, seed) => {
      const world = new Checked(plan, undefined, seed);
      for (const next of moves) play(world, next);
      world.refuse = () => undefined;
      const shares = world.rules.map((_, index) => world.split(index).destinations[1]?.weight ?? 0);
      if (world.command({ kind: 'abort' }) !== undefined) return;
      for (let looks = 0; looks < 5; looks++) world.look();
      expect(['aborted', 'undone']).toContain(world.state.phase);
      world.rules.forEach((_, index) => {
        const now = world.split(index).destinations[1]?.weight ?? 0;
        expect(now).toBeLessThanOrEqual(shares[index] ?? 0);
        expect(now).toBe(0);
      });
    }),
    { seed: 2, numRuns: runs(150) },
  );
});

it('a good canary goes through all steps once and in order, wherever the driver dies', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('before', 'after', undefined), { minLength: 100, maxLength: 100 }),
      (crashes) => {
        const world = new Checked(plan);
        world.behaviour = { rate: 200, stable: 0, canary: 0 };
        for (const crash of crashes) {
          world.crash = crash;
          survive(() => world.look());
        }
        world.crash = undefined;
        world.run();
        expect(world.state.phase).toBe('completed');
        expect(world.writes.map((write) => `${write.target}: ${write.percent}`)).toEqual(
          [10, 50, 100].flatMap((percent) => [`0: ${percent}`, `1: ${percent}`]),
        );
      },
    ),
    { seed: 3, numRuns: runs(60) },
  );
});
