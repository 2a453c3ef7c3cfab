import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startTestCluster, type TestCluster } from '@grayscale/test-cluster';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { fixture, gatewayFixture } from '../src/cases.ts';
import { certificateFile } from '../src/lab-servers.ts';
import { bootstrapOf, discoveryPort, identities, type ProxyKind } from './envoy.ts';
import { addresses, makeNetwork, proxyUser } from './network.ts';
import { type CaseObject, ClusterObjects } from './objects.ts';

/** The programs that are asked. */
export interface Programs {
  /** istiod (`pilot-discovery`). */
  readonly istiod: string;
  readonly envoy: string;
}

/** An Envoy's line about what it refused of istiod's. */
const refusal = /config for type\.googleapis\.com\/[\w.]*\.(\w+) rejected: (.*)$/;

/** A Kubernetes API server, istiod, the sidecar of hello-page and the ingress gateway, without rules. */
export class RealMesh {
  readonly objects: ClusterObjects;
  readonly #cluster: TestCluster;
  readonly #folder: string;
  readonly #children: ChildProcess[];
  #mesh = '';

  /** @param folder for logs and settings; readable for every user */
  static async start({ istiod, envoy }: Programs, folder: string): Promise<RealMesh> {
    const { gatewayNamespace } = await makeNetwork(folder);
    const cluster = await startTestCluster({ gatewayApi: 'experimental' });
    const mesh = new RealMesh(cluster, await ClusterObjects.of(cluster.kubeconfig), folder, gatewayNamespace);
    await mesh.#createFixture();
    mesh.#startIstiod(istiod);
    await mesh.#ready();
    for (const proxy of ['sidecar', 'gateway'] as const) await mesh.#startEnvoy(proxy, envoy);
    return mesh;
  }

  private constructor(cluster: TestCluster, objects: ClusterObjects, folder: string, gateway: ChildProcess) {
    this.#cluster = cluster;
    this.objects = objects;
    this.#folder = folder;
    this.#children = [gateway];
    this.#writeMesh();
  }

  /** MeshConfig on top of the usual one, as YAML; resolves when istiod has it. */
  async configure(mesh = ''): Promise<void> {
    if (mesh === this.#mesh) return;
    this.#mesh = mesh;
    this.#writeMesh();
    // istiod watches the file; nothing tells when a change of it has arrived.
    await delay(2000);
  }

  /** How much an Envoy has said so far: {@link refusals} from here on. */
  said(proxy: ProxyKind): number {
    return this.#log(proxy).length;
  }

  /** What an Envoy refused of istiod's: the kind of resource, and its reason in its words. */
  refusals(proxy: ProxyKind, since: number): string[] {
    const lines = this.#log(proxy).slice(since).split('\n');
    const found = lines.map((line) => refusal.exec(line)).filter((match) => match !== null);
    return [...new Set(found.map(([, kind, reason]) => `${kind}: ${reason}`))];
  }

  async stop(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await this.objects.close();
    await this.#cluster.stop();
  }

  async #createFixture(): Promise<void> {
    await this.objects.create(plaintext);
    for (const { namespace } of Object.values(identities))
      await this.objects.create(serviceAccount(namespace));
    const rights = documents(gatewayFixture).filter(({ kind }) => kind.startsWith('ClusterRole'));
    for (const object of [...documents(fixture), ...rights, workload]) await this.objects.create(object);
  }

  #startIstiod(program: string): void {
    const options = {
      kubeconfig: this.#cluster.kubeconfig,
      meshConfig: this.#file('mesh.yaml'),
      networksConfig: this.#file('networks.yaml'),
      grpcAddr: `:${discoveryPort}`,
      httpAddr: `${addresses.workload}:8099`,
      monitoringAddr: '127.0.0.1:15014',
      httpsAddr: '',
      secureGRPCAddr: '',
    };
    writeFileSync(this.#file('networks.yaml'), 'networks: {}\n');
    const parameters = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    this.#spawn('istiod', program, ['discovery', '--ctrlz_port=0', ...parameters], {
      env: { ...process.env, ...istiodEnvironment },
    });
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const answer = await fetch(`http://${addresses.workload}:8099/ready`).catch(() => undefined);
      if (answer?.status === 200) return;
      await delay(200);
    }
    throw new Error(`istiod did not start:\n${this.#log('istiod').slice(-2000)}`);
  }

  async #startEnvoy(proxy: ProxyKind, program: string): Promise<void> {
    const { namespace } = identities[proxy];
    const { stdout } = await this.#cluster.kubectl([
      'create',
      'token',
      'default',
      '--namespace',
      namespace,
      '--audience=istio-ca',
      '--duration=24h',
    ]);
    writeFileSync(this.#file(`${proxy}.json`), JSON.stringify(bootstrapOf(proxy, stdout.trim())));
    const parameters = [
      '-c',
      this.#file(`${proxy}.json`),
      '--disable-hot-restart',
      '--concurrency',
      '1',
      '-l',
      'warning',
    ];
    if (proxy === 'sidecar') this.#spawn(proxy, program, parameters, { uid: proxyUser, gid: proxyUser });
    else {
      const inside = ['--target', String(this.#children[0]?.pid), '--net', program, ...parameters];
      this.#spawn(proxy, 'nsenter', inside, {});
    }
  }

  #spawn(name: string, program: string, parameters: readonly string[], options: object): void {
    const log = openSync(this.#file(`${name}.log`), 'w');
    this.#children.push(
      spawn(program, parameters, { cwd: this.#folder, stdio: ['ignore', log, log], ...options }),
    );
  }

  #writeMesh(): void {
    const options = { outboundTrafficPolicy: { mode: 'ALLOW_ANY' }, ...(parse(this.#mesh) as object | null) };
    writeFileSync(this.#file('mesh.yaml'), stringify(options));
  }

  #log(name: string): string {
    return readFileSync(this.#file(`${name}.log`), 'latin1');
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

/** Telemetry and ALPN filters are of Istio's own Envoy; one that comes from elsewhere has none of them. */
const istiodEnvironment = {
  POD_NAME: 'istiod-0',
  POD_NAMESPACE: 'istio-system',
  SERVICE_ACCOUNT: 'istiod',
  REVISION: 'default',
  XDS_AUTH_PLAINTEXT: 'true',
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  PILOT_ENABLE_ALPN_FILTER: 'false',
  PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false',
  PILOT_DEBOUNCE_AFTER: '50ms',
};

const plaintext: CaseObject = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: 'istio-system' },
  spec: { mtls: { mode: 'DISABLE' } },
};

/** hello-page itself. */
const workload: CaseObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: identities.sidecar.pod,
    namespace: identities.sidecar.namespace,
    labels: { ...identities.sidecar.labels },
  },
  spec: { containers: [{ name: 'hello-page', image: 'hello-page' }] },
  status: {
    phase: 'Running',
    podIP: addresses.workload,
    podIPs: [{ ip: addresses.workload }],
    conditions: [{ type: 'Ready', status: 'True' }],
  },
};

function serviceAccount(namespace: string): CaseObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
}

/** The objects of a text of several documents; `<gw-a.pem>` in a Secret or a ConfigMap stands for a file of certificates/. */
export function documents(text: string): CaseObject[] {
  return parseAllDocuments(text, { merge: true })
    .map((document) => document.toJS() as CaseObject | null)
    .filter((object) => object !== null)
    .map(withCertificates);
}

function withCertificates(object: CaseObject): CaseObject {
  const filled = { ...object } as CaseObject & Partial<Record<string, Record<string, string>>>;
  for (const field of ['stringData', 'data'])
    if (filled[field] !== undefined) filled[field] = withFiles(filled[field]);
  return filled;
}

function withFiles(data: Readonly<Record<string, string>>): Record<string, string> {
  const filled = Object.entries(data).map(([key, value]) => {
    const name = /^<([\w-]+\.(?:pem|key))>$/.exec(value)?.[1];
    return [key, name === undefined ? value : readFileSync(certificateFile(name), 'utf8')];
  });
  return Object.fromEntries(filled);
}
