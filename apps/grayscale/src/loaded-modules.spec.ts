import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const program = join(import.meta.dirname, '../bin/grayscale.js');

/** Prints the packages that a process has loaded, ours by their folders. */
const listing = `
  import { registerHooks } from 'node:module';
  const urls = [];
  registerHooks({ resolve: (name, context, next) => {
    const found = next(name, context);
    urls.push(found.url);
    return found;
  } });
  const packageOf = (url) => /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)|\\/((?:apps|libs)\\/[^/]+)\\//.exec(url) ?? [];
  process.on('exit', () => {
    const names = urls.map((url) => packageOf(url)).map(([, foreign, own]) => foreign ?? own);
    process.stderr.write('LOADED ' + JSON.stringify([...new Set(names)].filter(Boolean)));
  });`;

function packagesLoadedBy(...argv: string[]): string[] {
  const hook = `data:text/javascript,${encodeURIComponent(listing)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', hook, program, ...argv], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(/LOADED (\[.*\])/.exec(stderr)?.[1] ?? '[]');
}

const ofClusters = ['libs/cluster-client', '@kubernetes/client-node', 'undici', 'js-yaml'];

it.each([
  [['check', '-f', 'k8s/internal']],
  [['explain', '-f', 'k8s/internal', 'http://hello.com/hello']],
  [['test', '-f', 'k8s/internal', 'apps/grayscale/examples/internal.cases.yaml']],
  [['weight', 'get', '-f', 'k8s/internal']],
  [['headers', '-f', 'k8s/internal']],
  [['plan', 'check', 'k8s/release/hello-2.yaml', '-f', 'k8s/internal']],
  [['list']],
  [['--help']],
])('%j loads nothing that speaks to a cluster', (argv) => {
  const loaded = packagesLoadedBy(...argv);
  expect(loaded).toContain('libs/command-line');
  expect(loaded.filter((name) => ofClusters.includes(name))).toEqual([]);
});

it('--cluster loads it', () => {
  const loaded = packagesLoadedBy('check', '--cluster', '--kubeconfig', 'nowhere');
  expect(loaded).toEqual(expect.arrayContaining(ofClusters));
});
