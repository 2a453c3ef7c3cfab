import { quickPlan } from './testing/quick-plan.js';
import { Stage } from './testing/stage.js';

const quick = quickPlan();

describe('a release over the HTTPRoute of the demo', () => {
  it('of a good canary gives it everything; verify sees each split, and undo gives the bytes back', async () => {
    await using stage = await Stage.set({ rules: 'httpRoute' });
    stage.traffic({ requestsPerSecond: 100 });
    const plan = await stage.plan({
      ...quick,
      steps: [...quick.steps.slice(0, 2), { percent: 60, pause: true, hold: '1s' }, quick.steps[2]],
    });
    const rollout = stage.rollout(plan, '--exit-on-pause');
    expect([await rollout.exit, rollout.output]).toEqual([80, expect.stringContaining('50 % -> 60 %')]);
    const verified = stage.grayscale('verify', '-f', stage.rules, '--metrics', stage.metrics, '--for', '3s');
    expect([await verified.exit, verified.output]).toEqual([0, expect.stringContaining('60 % written')]);
    const status = stage.grayscale('status', plan, '-o', 'json');
    await status.exit;
    expect(JSON.parse(status.output).targets).toMatchObject([
      { httpRoute: 'hello-page/hello-ext-svc', written: 60 },
    ]);
    expect(await stage.grayscale('resume', plan).exit).toBe(0);
    const on = stage.rollout(plan);
    expect([await on.exit, on.output]).toEqual([0, expect.stringContaining('60 % -> 100 %')]);
    expect(await stage.weights()).toEqual([0, 100]);
    const undo = stage.grayscale('undo', plan);
    expect([await undo.exit, undo.output]).toEqual([0, expect.stringContaining('back')]);
    expect(stage.isUnchanged).toBe(true);
  });

  it('of a canary that fails 20 % is aborted with 81, and git sees no difference', async () => {
    await using stage = await Stage.set({ rules: 'httpRoute' });
    stage.traffic({ requestsPerSecond: 100 });
    await stage.faults(2, { errorRate: 20 });
    const rollout = stage.rollout(await stage.plan(quick));
    expect([await rollout.exit, rollout.output]).toEqual([
      81,
      expect.stringMatching(/abort: failures: \d+ of \d+ requests to hello\.hello-2/),
    ]);
    expect(stage.isUnchanged).toBe(true);
  });

  it('sends the users to the canary, and takes it back when it is bad for them alone', async () => {
    await using stage = await Stage.set({ rules: 'httpRoute', failsFor: 'test' });
    let requests = 0;
    stage.traffic({
      requestsPerSecond: 150,
      headers: () => {
        requests += 1;
        return requests % 10 === 0 ? { user: 'test' } : {};
      },
    });
    const rollout = stage.rollout(
      await stage.plan({ ...quick, users: [{ header: 'user', exact: ['test'] }] }),
    );
    expect([await rollout.exit, rollout.output]).toEqual([81, expect.stringContaining('abort: failures')]);
    expect(stage.isUnchanged).toBe(true);
  });
});
