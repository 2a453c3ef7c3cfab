import { NodeProcess } from '../../../../tools/node-process.js';

it('a cluster that is not to be found is said in words', async () => {
  const environment = { KUBECONFIG: '/nowhere' };
  await using controller = new NodeProcess('apps/release-controller/dist/cluster-main.js', [], {
    env: environment,
  });
  expect(await controller.exit).toBe(1);
  expect(controller.output).toContain(
    'release-controller: No kubeconfig was found: /nowhere does not exist.',
  );
  expect(controller.output).not.toMatch(/^\s+at /m);
});
