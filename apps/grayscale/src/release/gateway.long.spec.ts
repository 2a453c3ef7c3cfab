import { quickPlan } from './testing/quick-plan.js';
import { Stage } from './testing/stage.js';

const quick = quickPlan([25, 100]);

describe('a release over a rule that is bound to a gateway', () => {
  it('of a good canary gives it everything by the counts of the gateway, and undo gives the bytes back', async () => {
    await using stage = await Stage.set({ rules: 'gateway' });
    stage.traffic({ requestsPerSecond: 100 });
    const plan = await stage.plan(quick);
    const rollout = stage.rollout(plan);
    expect([await rollout.exit, rollout.output]).toEqual([0, expect.stringContaining('25 % -> 100 %')]);
    expect(await stage.weights()).toEqual([0, 100]);
    await stage.grayscale('undo', plan).exit;
    expect(stage.isUnchanged).toBe(true);
  });

  it('of a canary that fails 20 % is aborted with 81, and git sees no difference', async () => {
    await using stage = await Stage.set({ rules: 'gateway' });
    stage.traffic({ requestsPerSecond: 100 });
    await stage.faults(2, { errorRate: 20 });
    const rollout = stage.rollout(await stage.plan(quick));
    expect([await rollout.exit, rollout.output]).toEqual([81, expect.stringContaining('abort: failures')]);
    expect(stage.isUnchanged).toBe(true);
  });
});
