import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = resolve(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, '../bin/grayscale.js');

const hook = pathToFileURL(join(root, 'tools/loaded-packages.js')).href;

function packagesLoadedBy(...argv: string[]): string[] {
  const { stderr } = spawnSync(process.execPath, ['--import', hook, program, ...argv], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(/LOADED (\[.*\])/.exec(stderr)?.[1] ?? '[]');
}

const ofClusters = [
  'libs/cluster-client',
  'libs/release-cluster',
  '@kubernetes/client-node',
  'undici',
  'js-yaml',
];

it.each([
  [['check', '-f', 'k8s/internal']],
  [['explain', '-f', 'k8s/internal', 'http://hello.com/hello']],
  [['test', '-f', 'k8s/internal', 'apps/grayscale/examples/internal.cases.yaml']],
  [['weight', 'get', '-f', 'k8s/internal']],
  [['headers', '-f', 'k8s/internal']],
  [['plan', 'check', 'k8s/release/hello-2.yaml', '-f', 'k8s/internal']],
  [['list', '-f', 'k8s/release']],
  [['status', 'k8s/release/hello-2.yaml']],
  [['history', 'k8s/release/hello-2.yaml']],
  [['rollout', 'k8s/release/hello-2.yaml', '-f', 'k8s/internal']],
  [['--help']],
])('%j loads nothing that speaks to a cluster', (argv) => {
  const loaded = packagesLoadedBy(...argv);
  expect(loaded).toContain('libs/command-line');
  expect(loaded.filter((name) => ofClusters.includes(name))).toEqual([]);
});

it('--cluster loads it', () => {
  const loaded = packagesLoadedBy('check', '--cluster', '--kubeconfig', 'nowhere');
  // What knows releases only where one is meant.
  expect(ofClusters.filter((name) => !loaded.includes(name))).toEqual(['libs/release-cluster']);
});
