import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Binaries,
  findBinaries,
  type GatewayApiChannel,
  gatewayApiDefinitions,
  istioDefinitions,
} from './binaries.ts';
import { clusterPorts, type Ports } from './ports.ts';
import { apiServerArguments, etcdArguments } from './program-arguments.ts';

export { CountedConnections } from './counted-connections.ts';

/** How long the API server may take to be ready on a busy machine, in milliseconds. */
const readyMs = 120_000;

/** What a finished kubectl printed, and its exit code. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running kube-apiserver with its etcd: no nodes, no controllers, RBAC on, and Istio's definitions where asked for. */
export interface TestCluster {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** A kubeconfig of an administrator. */
  readonly kubeconfig: string;
  /** What the programs printed, for a test that fails. */
  readonly logs: string;
  /** Files in PEM: the API server's own certificate, for 127.0.0.1, which another TLS server of a test may use as well. */
  readonly certificate: { readonly certificate: string; readonly key: string };
  /** Runs kubectl as that kubeconfig's user. @param input goes to its standard input */
  kubectl(args: readonly string[], input?: string, kubeconfig?: string): Promise<KubectlResult>;
  /** Writes a kubeconfig whose user holds that bearer token. */
  kubeconfigFor(user: string, token: string, namespace?: string): Promise<string>;
  /** A kubeconfig of a ServiceAccount, which must exist, with a token of its own. */
  serviceAccount(namespace: string, name: string): Promise<string>;
  /**
   * Waits until a kubeconfig's user may do something, or may not any more: the authorizer hears of a Role a moment after it was written.
   * @param request as `kubectl auth can-i` takes it: `['patch', 'services', '-n', 'shop']`
   */
  untilAllowed(kubeconfig: string, request: readonly string[], answer?: 'yes' | 'no'): Promise<void>;
  /**
   * Waits until the API server serves these kinds, by the names of their definitions, and says so: that a definition is `Established` comes before both.
   */
  untilServed(kinds: readonly string[]): Promise<void>;
  /** Ends the API server as a crash would, keeping its state; {@link TestCluster.startServer} starts it again at the same address. */
  stopServer(signal?: NodeJS.Signals): Promise<void>;
  startServer(): Promise<void>;
  /** Ends everything and removes its files. */
  stop(): Promise<void>;
}

/** What can be asked of a test cluster. */
export interface TestClusterOptions {
  /** Whether Istio's custom resource definitions are applied; true by default. */
  readonly istio?: boolean;
  /** Which channel of the Gateway API's definitions is applied; none by default. */
  readonly gatewayApi?: GatewayApiChannel;
  /** Where the API server listens; a free port by default. */
  readonly port?: number;
}

/**
 * Starts a cluster in a folder of its own. Several may run beside each other.
 * @throws Error that says what is missing, or what the programs printed when they did not come up
 */
export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const found = findBinaries();
  if ('missing' in found) throw new Error(`The test cluster needs ${found.missing}`);
  const folder = await mkdtemp(join(tmpdir(), 'grayscale-cluster-'));
  const cluster = new RunningCluster(found, folder, await clusterPorts(options.port));
  try {
    await cluster.start();
    if (options.istio !== false) await cluster.define([await istioDefinitions()]);
    if (options.gatewayApi !== undefined)
      await cluster.define(await gatewayApiDefinitions(options.gatewayApi));
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

class RunningCluster implements TestCluster {
  readonly server: string;
  readonly kubeconfig: string;
  readonly logs: string;
  readonly certificate: TestCluster['certificate'];
  readonly #binaries: Binaries;
  readonly #folder: string;
  readonly #ports: Ports;
  readonly #adminToken = randomBytes(24).toString('hex');
  #etcd: ChildProcess | undefined;
  #apiServer: ChildProcess | undefined;

  constructor(binaries: Binaries, folder: string, ports: Ports) {
    this.#binaries = binaries;
    this.#folder = folder;
    this.#ports = ports;
    this.server = `https://127.0.0.1:${ports.server}`;
    this.kubeconfig = join(folder, 'admin.kubeconfig');
    this.logs = folder;
    const own = join(folder, 'certificates', 'apiserver');
    this.certificate = { certificate: `${own}.crt`, key: `${own}.key` };
  }

  async start(): Promise<void> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await writeFile(this.#file('service-account.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
    // name, uid and groups of the one user that is not a ServiceAccount
    await writeFile(this.#file('tokens.csv'), `${this.#adminToken},admin,admin,"system:masters"\n`);
    this.#etcd = this.#spawn('etcd', this.#binaries.etcd, etcdArguments(this.#folder, this.#ports));
    await this.startServer();
    await writeFile(this.kubeconfig, await this.#kubeconfigText('admin', this.#adminToken, 'default'));
  }

  async startServer(): Promise<void> {
    this.#apiServer = this.#spawn(
      'kube-apiserver',
      this.#binaries.apiServer,
      apiServerArguments(this.#folder, this.#ports),
    );
    const until = Date.now() + readyMs;
    while (!(await this.#ready())) {
      const hasEnded = [this.#etcd, this.#apiServer].some((child) => child !== undefined && isOver(child));
      if (hasEnded || Date.now() > until)
        throw new Error(`The API server did not start:\n${await this.#lastLines()}`);
      await delay(100);
    }
  }

  async stopServer(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await end(this.#apiServer, signal);
    this.#apiServer = undefined;
  }

  async stop(): Promise<void> {
    await this.stopServer();
    await end(this.#etcd, 'SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async kubectl(args: readonly string[], input = '', kubeconfig = this.kubeconfig): Promise<KubectlResult> {
    return new Promise((resolve) => {
      // Its own cache: discovery of another cluster at the same port must not be believed.
      const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: this.#file('kubectl-cache') };
      const child = execFile(
        this.#binaries.kubectl,
        args,
        { env, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr });
        },
      );
      child.stdin?.end(input);
    });
  }

  async kubeconfigFor(user: string, token: string, namespace = 'default'): Promise<string> {
    const path = this.#file(`${user.replaceAll(/[^\w.-]/g, '_')}.kubeconfig`);
    await writeFile(path, await this.#kubeconfigText(user, token, namespace));
    return path;
  }

  async serviceAccount(namespace: string, name: string): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(['create', 'token', name, '-n', namespace]);
    if (code !== 0) throw new Error(stderr);
    return this.kubeconfigFor(`${namespace}-${name}`, stdout.trim(), namespace);
  }

  async untilAllowed(
    kubeconfig: string,
    request: readonly string[],
    answer: 'yes' | 'no' = 'yes',
  ): Promise<void> {
    const asked = ['auth', 'can-i', ...request];
    while ((await this.kubectl(asked, '', kubeconfig)).stdout.trim() !== answer) await delay(50);
  }

  /** @param files with custom resource definitions */
  async define(files: readonly string[]): Promise<void> {
    const named = files.flatMap((file) => ['-f', file]);
    const { code, stdout, stderr } = await this.kubectl(['apply', '--server-side', '-o', 'name', ...named]);
    if (code !== 0) throw new Error(stderr);
    const kinds = stdout
      .trim()
      .split('\n')
      .map((name) => name.replace(/^[^/]*\//, ''));
    await this.untilServed(kinds);
  }

  async untilServed(kinds: readonly string[]): Promise<void> {
    const until = Date.now() + readyMs;
    for (;;) {
      const { code, stderr } = await this.kubectl(['get', kinds.join(), '--all-namespaces']);
      if (code === 0) return;
      if (Date.now() > until) throw new Error(`The API server does not serve what was defined:\n${stderr}`);
      await delay(50);
    }
  }

  async #ready(): Promise<boolean> {
    // By kubectl rather than fetch: the certificate is the server's own, made at its start.
    const args = [
      '--server',
      this.server,
      '--token',
      this.#adminToken,
      '--insecure-skip-tls-verify',
      'get',
      '--raw',
      '/readyz',
    ];
    return (await this.kubectl(args, '', '/dev/null')).stdout === 'ok';
  }

  #spawn(name: string, command: string, args: readonly string[]): ChildProcess {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(this.#file(`${name}.log`), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    return child;
  }

  async #kubeconfigText(user: string, token: string, namespace: string): Promise<string> {
    const authority = await readFile(this.#file('certificates/apiserver.crt'), 'base64');
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: this.server, 'certificate-authority-data': authority } }],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user, namespace } }],
      'current-context': 'test',
    });
  }

  async #lastLines(): Promise<string> {
    const text = await readFile(this.#file('kube-apiserver.log'), 'utf8').catch(() => '');
    return text.split('\n').slice(-15).join('\n');
  }

  #file(name: string): string {
    return join(this.#folder, name);
  }
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || isOver(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
