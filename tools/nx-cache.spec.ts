import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

// Tests read k8s/, conformance/, docs and each other's tools; tsc itself knows what it has built.
it('nx answers no test and no build from a cache: no list of inputs would be whole', () => {
  const { targetDefaults } = JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8'));
  const args = ['node_modules/nx/dist/bin/nx.js', 'show', 'project', 'hello-service', '--json'];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  const { targets } = JSON.parse(stdout) as { targets: Record<string, { cache?: boolean }> };
  expect(Object.keys(targets)).toEqual(expect.arrayContaining(['build', 'test']));
  expect([targets.build?.cache, targets.test?.cache]).toEqual([false, false]);
  expect(Object.values(targetDefaults).map((target) => (target as { cache?: boolean }).cache)).not.toContain(
    true,
  );
});
