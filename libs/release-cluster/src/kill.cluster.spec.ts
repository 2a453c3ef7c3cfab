import { Random } from '@grayscale/seeded-random';
import { killedRun, plannedShares } from './testing/kill-run.js';
import { Stage } from './testing/stage.js';

describe('a release in a cluster whose process is killed again and again', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await Stage.start();
  });

  afterAll(async () => {
    await stage?.stop();
  });

  it('writes every share once and in order, and loses no count', async () => {
    const random = new Random(3);
    const run = await killedRun(stage, 'killed', random);
    process.stderr.write(`${run.kills} kills, ${run.betweenIntentAndDone} between intent and done\n`);
    expect(run.seen).toEqual(plannedShares);
    expect(run.counted).toBe(run.truth);
    // A process comes no further than three shares; how far it does come is the machine’s speed.
    expect(run.kills).toBeGreaterThanOrEqual(9);
    expect(run.betweenIntentAndDone).toBeGreaterThanOrEqual(4);
    const { metadata, spec } = await stage.virtualServices.get('shop', 'killed');
    expect([metadata.annotations, spec?.http?.length]).toEqual([undefined, 1]);
  }, 300_000);
});
