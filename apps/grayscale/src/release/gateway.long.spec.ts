import { Stage } from './testing/stage.js';

const quick = {
  steps: [25, 100].map((percent) => ({ percent, hold: '2s' })),
  guards: [{ name: 'failures', ratio: 1.5, max: '15%' }],
  settle: '500ms',
};

const unchanged = (stage: Stage) => stage.git('status', '--porcelain', 'k8s') === '';

describe('a release over a rule that is bound to a gateway', () => {
  it('of a good canary gives it everything by the counts of the gateway, and undo gives the bytes back', async () => {
    await using stage = await Stage.set({ rules: 'gateway' });
    stage.traffic({ requestsPerSecond: 100 });
    const plan = await stage.plan(quick);
    const rollout = stage.rollout(plan);
    expect([await rollout.exit, rollout.output]).toEqual([0, expect.stringContaining('25 % -> 100 %')]);
    expect(await stage.weights()).toEqual([0, 100]);
    await stage.grayscale('undo', plan).exit;
    expect(unchanged(stage)).toBe(true);
  });

  it('of a canary that fails 20 % is aborted with 81, and git sees no difference', async () => {
    await using stage = await Stage.set({ rules: 'gateway' });
    stage.traffic({ requestsPerSecond: 100 });
    await stage.faults(2, { errorRate: 20 });
    const rollout = stage.rollout(await stage.plan(quick));
    expect([await rollout.exit, rollout.output]).toEqual([81, expect.stringContaining('abort: failures')]);
    expect(unchanged(stage)).toBe(true);
  });
});
