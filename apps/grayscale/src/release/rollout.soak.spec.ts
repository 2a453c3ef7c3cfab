import { Stage } from './testing/stage.js';

it('both fail 3 % of their requests: none of 20 releases is aborted', async () => {
  await using stage = await Stage.set();
  stage.traffic({ requestsPerSecond: 100 });
  for (const version of [1, 2] as const) await stage.faults(version, { errorRate: 3 });
  const plan = await stage.plan({
    steps: [25, 50, 100].map((percent) => ({ percent, hold: '3s' })),
    guards: [{ name: 'failures', ratio: 1.5, max: '15%' }],
    settle: '500ms',
  });
  const codes: Array<number | null> = [];
  while (codes.length < 20) {
    const rollout = stage.rollout(plan);
    codes.push(await rollout.exit);
    const undo = stage.grayscale('undo', plan);
    await undo.exit;
    process.stderr.write(`release ${codes.length}: ${rollout.output.trim().split('\n').at(-1)}\n`);
    expect(stage.git('status', '--porcelain', 'k8s')).toBe('');
  }
  expect(codes).toEqual(codes.map(() => 0));
});
