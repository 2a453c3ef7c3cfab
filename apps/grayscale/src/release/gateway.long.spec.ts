import { quickPlan } from './testing/quick-plan.js';
import { Stage } from './testing/stage.js';

const quick = quickPlan([25, 100]);

describe.each([
  { what: 'a VirtualService of a Gateway of Istio', rules: 'gatewayVirtualService' },
  { what: 'an HTTPRoute of a Gateway of the Gateway API', rules: 'gatewayHttpRoute' },
  { what: 'a GRPCRoute of a Gateway of the Gateway API, under calls of gRPC', rules: 'gatewayGrpcRoute' },
] as const)('a release over $what', ({ rules }) => {
  it('of a good canary gives it everything by the counts of the gateway, and undo gives the bytes back', async () => {
    await using stage = await Stage.set({ rules });
    const { answers } = stage.traffic({ requestsPerSecond: 100 });
    const plan = await stage.plan(quick);
    expect(await stage.says('check', '-f', stage.rules, '-f', 'k8s/internal', '-f', 'k8s/local')).toMatch(
      /^0 errors, 0 warnings/m,
    );
    expect(await stage.says('plan', 'check', plan, '-f', stage.rules)).toMatch(/^\+ +weight: 75$/m);
    const rollout = stage.rollout(plan, '--exit-on-pause');
    expect([await rollout.exit, rollout.output]).toEqual([0, expect.stringContaining('25 % -> 100 %')]);
    expect(await stage.weights()).toEqual([0, 100]);
    expect(Object.keys(answers)).toEqual(expect.arrayContaining(['hello 1', 'hello 2']));
    expect(await stage.says('undo', plan)).toContain('back');
    expect(stage.isUnchanged).toBe(true);
  });

  it('of a canary that fails 20 % is aborted with 81, and git sees no difference', async () => {
    await using stage = await Stage.set({ rules });
    stage.traffic({ requestsPerSecond: 100 });
    await stage.faults(2, { errorRate: 20 });
    const rollout = stage.rollout(await stage.plan(quick), '--exit-on-pause');
    expect([await rollout.exit, rollout.output]).toEqual([81, expect.stringContaining('abort: failures')]);
    expect(stage.isUnchanged).toBe(true);
  });

  it('is done by hand as well: weights are set, in force, and seen in the counts', async () => {
    await using stage = await Stage.set({ rules });
    stage.traffic({ requestsPerSecond: 100 });
    await stage.says('weight', 'set', '-f', stage.rules, 'hello-edge', '--to', `${stage.canary}=40`);
    expect(await stage.weights()).toEqual([60, 40]);
    await stage.untilInForce();
    expect(
      await stage.says('verify', '-f', stage.rules, '--metrics', stage.metrics, '--for', '3s'),
    ).toContain('40 % written');
  });
});
