import { Random } from '@grayscale/seeded-random';
import { killedRun, plannedShares } from './testing/kill-run.js';
import { Stage } from './testing/stage.js';

it('over 500 kills every share is written once and in order in a cluster, and no count is lost', async () => {
  const stage = await Stage.start();
  const random = new Random(4);
  let [kills, between] = [0, 0];
  try {
    for (let run = 0; kills < 500 || between < 100; run += 1) {
      const killed = await killedRun(stage, `killed-${run}`, random);
      kills += killed.kills;
      between += killed.betweenIntentAndDone;
      process.stderr.write(`${kills} kills, ${between} of them between intent and done\n`);
      expect(killed.seen).toEqual(plannedShares);
      expect(killed.counted).toBe(killed.truth);
    }
  } finally {
    await stage.stop();
  }
});
