import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const sources = join(import.meta.dirname, 'kubernetes');

/** The programs of the test cluster, by path. */
export interface Binaries {
  readonly apiServer: string;
  readonly kubectl: string;
  readonly etcd: string;
}

/** Where the built programs are kept: by what they are built from, so that a new version is built anew. */
function folder(): string {
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum', 'kube-apiserver/main.go', 'kubectl/main.go']) {
    hash.update(readFileSync(join(sources, file)));
  }
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'grayscale', 'test-cluster', hash.digest('hex').slice(0, 16));
}

/** The programs, if all of them are there; otherwise what is missing and how to get it. */
export function findBinaries(): Binaries | { missing: string } {
  const apiServer = join(folder(), 'kube-apiserver');
  const kubectl = join(folder(), 'kubectl');
  const etcd = findEtcd();
  if (etcd === undefined) return { missing: 'etcd (apt-get install etcd-server, or name one with ETCD)' };
  if (!existsSync(apiServer) || !existsSync(kubectl)) {
    return { missing: 'kube-apiserver and kubectl (npm run cluster:build, needs Go and about ten minutes)' };
  }
  return { apiServer, kubectl, etcd };
}

function findEtcd(): string | undefined {
  const places = [process.env.ETCD ?? '', '/usr/bin/etcd', '/usr/local/bin/etcd'];
  return places.find((place) => place !== '' && existsSync(place));
}

/**
 * Builds kube-apiserver and kubectl from their Go modules, unless they are there. Go keeps what it compiled: after the first time, a
 * new build takes a minute.
 * @throws what `go build` printed
 */
export async function buildBinaries(): Promise<void> {
  const target = folder();
  if (existsSync(join(target, 'kube-apiserver')) && existsSync(join(target, 'kubectl'))) return;
  const unfinished = `${target}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const options = ['-trimpath', '-ldflags=-s -w', '-o', `${unfinished}/`];
  await run('go', ['build', ...options, './kube-apiserver', './kubectl'], {
    cwd: sources,
    env: { ...process.env, GOFLAGS: '-mod=readonly' },
    maxBuffer: 64 * 1024 * 1024,
  });
  await rename(unfinished, target);
}

/** The file of Istio's own custom resource definitions, from its Go module. */
export async function istioDefinitions(): Promise<string> {
  return join(await moduleFolder('istio.io/api'), 'kubernetes', 'customresourcedefinitions.gen.yaml');
}

/** The experimental one has more fields. */
export type GatewayApiChannel = 'standard' | 'experimental';

const definitions = [
  ...['gatewayclasses', 'gateways', 'listenersets', 'referencegrants'],
  ...['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes'],
];

/** The files of the Gateway API's definitions that concern routing, from its Go module. */
export async function gatewayApiDefinitions(channel: GatewayApiChannel): Promise<string[]> {
  const folder = join(await moduleFolder('sigs.k8s.io/gateway-api'), 'config', 'crd', channel);
  return definitions.map((plural) => join(folder, `gateway.networking.k8s.io_${plural}.yaml`));
}

async function moduleFolder(path: string): Promise<string> {
  const cwd = join(import.meta.dirname, 'definitions');
  const { stdout } = await run('go', ['mod', 'download', '-json', path], { cwd });
  return JSON.parse(stdout).Dir;
}
