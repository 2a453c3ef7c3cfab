import { Random } from '@grayscale/seeded-random';
import { killedRun, plannedShares } from './testing/kill-run.js';

it('over 500 kills every share is written once and in order, no count is lost, and the bytes come back', async () => {
  const random = new Random(2);
  let kills = 0;
  let between = 0;
  while (kills < 500 || between < 100) {
    const run = await killedRun(random);
    kills += run.kills;
    between += run.betweenIntentAndDone;
    process.stderr.write(`${kills} kills, ${between} of them between intent and done\n`);
    expect(run.written).toEqual(plannedShares);
    expect(run.seen).toEqual(run.seen.toSorted((a, b) => a - b));
    expect(run.counted).toBe(run.true);
    expect(run.rule.undone).toBe(run.rule.before);
  }
});
