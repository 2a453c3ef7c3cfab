import { Stage } from './testing/stage.js';

const quick = {
  steps: [25, 50, 100].map((percent) => ({ percent, hold: '2s' })),
  guards: [{ name: 'failures', ratio: 1.5, max: '15%' }],
  settle: '500ms',
};

it('a good canary gets everything, and undo gives the bytes back', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100 });
  const plan = await stage.plan(quick);
  const rollout = stage.rollout(plan);
  expect([await rollout.exit, rollout.output]).toEqual([0, expect.stringContaining('done')]);
  expect(await stage.weights()).toEqual([0, 100]);
  const undo = stage.grayscale('undo', plan);
  expect([await undo.exit, undo.output]).toEqual([0, expect.anything()]);
  expect(stage.git('status', '--porcelain', 'k8s')).toBe('');
});

it('a canary that fails 20 % is aborted with 81, and git sees no difference', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100 });
  await stage.faults(2, { errorRate: 20 });
  const rollout = stage.rollout(await stage.plan(quick));
  expect([await rollout.exit, rollout.output]).toEqual([81, expect.stringMatching(/abort/)]);
  expect(stage.git('status', '--porcelain', 'k8s')).toBe('');
});
