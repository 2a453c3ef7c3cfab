// What `grayscale weight set` costs, process included, on one file and in a folder of 1,000 manifests; there in turns with
// `kubectl kustomize` of the same folder, where kubectl is installed. Needs a build.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const grayscale = resolve(import.meta.dirname, '../apps/grayscale/bin/grayscale.js');
const rounds = 11;
const manifests = 1000;

function manifest(number: number): string {
  const service = (version: number) => `app-${number}.v${version}.svc.cluster.local`;
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: app-${number}
  namespace: shop
spec:
  hosts:
    - app-${number}.example.com
  http:
    - match:
        - headers:
            user:
              exact: test
      route:
        - destination:
            host: ${service(1)}
    - route:
        - destination:
            host: ${service(1)}
          weight: 90
        - destination:
            host: ${service(2)}
          weight: 10
`;
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weight-set-'));
  const names = Array.from({ length: manifests }, (_, number) => `app-${number}.yaml`);
  for (const [number, name] of names.entries()) writeFileSync(join(folder, name), manifest(number));
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    `resources:\n${names.map((name) => `- ${name}\n`).join('')}`,
  );
  return folder;
}

interface Cost {
  /** Seconds from start to end. */
  wall: number;
  /** Seconds of processor time, which a busy machine makes little longer. */
  processor: number;
}

/** What a process costs, by the shell's own clock. */
function timed(...command: string[]): Cost {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8' });
  const [wall = 0, user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return { wall, processor: user + system };
}

function set(path: string, name: string, percent: number): Cost {
  return timed(process.execPath, grayscale, 'weight', 'set', name, '--to', `v2=${percent}`, '-f', path);
}

const folder = makeFolder();
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const costs: Record<string, Cost[]> = {
  'bare node': [],
  'weight set, one file': [],
  'weight set, a folder of 1,000': [],
  'kubectl kustomize, the same folder': [],
};
try {
  for (let round = 0; round < rounds; round++) {
    costs['bare node']?.push(timed(process.execPath, '-e', '0'));
    costs['weight set, one file']?.push(set(join(folder, 'app-1.yaml'), 'app-1', 11 + round));
    costs['weight set, a folder of 1,000']?.push(set(folder, 'app-500', 11 + round));
    if (hasKubectl) costs['kubectl kustomize, the same folder']?.push(timed('kubectl', 'kustomize', folder));
  }
} finally {
  rmSync(folder, { recursive: true });
}

function median(values: readonly number[]): string {
  return (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(2);
}

console.log('| process | least, s | median, s | processor time, s |\n| --- | --- | --- | --- |');
for (const [name, measured] of Object.entries(costs)) {
  if (measured.length === 0) continue;
  const walls = measured.map(({ wall }) => wall);
  const least = Math.min(...walls).toFixed(2);
  console.log(
    `| ${name} | ${least} | ${median(walls)} | ${median(measured.map(({ processor }) => processor))} |`,
  );
}
if (!hasKubectl) console.log('\nkubectl is not installed here: nothing to compare with.');
