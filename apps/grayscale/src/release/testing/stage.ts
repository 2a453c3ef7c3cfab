import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { copyManifests } from '../../../../../k8s/testing/copied.js';
import { NodeProcess, repository } from '../../../../../tools/node-process.js';
import { type Form, forms } from './forms.js';
import { Greeter, GreeterClient } from './greeter.js';
import { HttpClient, Traffic, type TrafficOptions } from './traffic.js';

/** What may be wrong with a hello. */
export interface Faults {
  errorRate?: number;
  latencyMs?: number;
  silent?: boolean;
}

interface StageTraffic extends Omit<TrafficOptions, 'sender' | 'giveUpAfter'> {
  /** Headers of the next request, in HTTP alone. */
  headers?: () => Record<string, string>;
  /** 30 seconds unless given: on a machine with much to do a good service may be slow. */
  giveUpAfter?: number;
}

export interface StageOptions {
  /** What the rule is; a VirtualService for hello-page unless given. */
  rules?: keyof typeof forms;
  /** False: only the files. */
  processes?: boolean;
  /** Instead of hello-2, a service that fails whatever has this value of the header `user`. */
  failsFor?: string;
}

/** The demo in a git repository of its own: the manifests, hello-1, hello-2 and the local mesh as processes. */
export class Stage {
  private readonly processes: NodeProcess[] = [];
  private readonly traffics: Traffic[] = [];
  private readonly servers: Server[] = [];
  private readonly greeters: Greeter[] = [];
  private readonly ports: number[] = [];
  private proxy = '';
  /** Where clients from outside dial. */
  private edge = '';
  private admin = '';

  private constructor(
    readonly folder: string,
    private readonly form: Form,
  ) {}

  static async set({
    processes = true,
    failsFor,
    rules = 'virtualService',
  }: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'grayscale-stage-')), forms[rules]);
    await copyManifests(stage.at('k8s'));
    const { documents, file } = stage.form;
    if (documents !== undefined) {
      await mkdir(stage.at(stage.rules));
      await writeFile(stage.at(stage.rules, file), documents);
    }
    if (processes) await stage.startServices(failsFor);
    stage.git('init', '--quiet', '--initial-branch', 'main');
    stage.git('config', 'user.name', 'Somebody');
    stage.git('config', 'user.email', 'somebody@example.com');
    await cp(join(repository, '.gitignore'), stage.at('.gitignore'));
    stage.git('add', '.');
    stage.git('commit', '--quiet', '--message', 'start');
    if (processes) await stage.startMesh();
    return stage;
  }

  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** The folder that has the rules. */
  get rules(): string {
    return this.form.folder;
  }

  /** The local mesh's proxy. */
  get mesh(): string {
    return this.proxy;
  }

  get metrics(): string {
    return `${this.admin}/stats/prometheus`;
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.folder, encoding: 'utf8' }).trim();
  }

  /** The folder's manifests are what git has. */
  get isUnchanged(): boolean {
    return this.git('status', '--porcelain', 'k8s') === '';
  }

  /** Writes a plan of the demo with other settings in its spec. */
  async plan(spec: Record<string, unknown>, name = 'release.yaml'): Promise<string> {
    const plan = {
      apiVersion: 'grayscale.dev/v1alpha1',
      kind: 'GrayRelease',
      metadata: { name: 'hello-2', namespace: 'hello-page' },
      spec: {
        targets: [
          {
            ...this.form.target,
            stable: this.form.stable,
            canary: this.form.canary,
          },
        ],
        callers: [this.form.caller],
        ...spec,
      },
    };
    await writeFile(this.at(name), JSON.stringify(plan, null, 2));
    return name;
  }

  /** Runs `grayscale` in the stage's folder. */
  grayscale(...args: string[]): NodeProcess {
    const started = new NodeProcess('apps/grayscale/bin/grayscale.js', args, { cwd: this.folder });
    this.processes.push(started);
    return started;
  }

  /** Runs `grayscale` to its end, which has to be good, and gives what it said. */
  async says(...args: string[]): Promise<string> {
    const ran = this.grayscale(...args);
    const code = await ran.exit;
    if (code !== 0) throw new Error(`grayscale ${args.join(' ')} ended with ${code}:\n${ran.output}`);
    return ran.output;
  }

  /** The full name of the canary's service. */
  get canary(): string {
    return this.form.canary;
  }

  /** Starts a rollout on the stage's rules and counts. */
  rollout(plan: string, ...args: string[]): NodeProcess {
    return this.grayscale(
      'rollout',
      plan,
      '-f',
      this.rules,
      '--metrics',
      this.metrics,
      '--interval',
      '500ms',
      ...args,
    );
  }

  traffic({ giveUpAfter = 30_000, headers, ...options }: StageTraffic): Traffic {
    const { edge, speaks } = this.form;
    const sender =
      speaks === 'grpc'
        ? new GreeterClient(edge ?? '', this.edge)
        : new HttpClient(
            edge === undefined
              ? { address: this.proxy, host: 'hello.com', path: 'http://hello.com/hello', headers }
              : { address: `http://${this.edge}`, host: edge, path: '/hello', headers },
          );
    const traffic = new Traffic({ ...options, sender, giveUpAfter });
    this.traffics.push(traffic);
    return traffic;
  }

  async faults(version: 1 | 2, faults: Faults): Promise<void> {
    const greeter = this.greeters[version - 1];
    if (greeter !== undefined) {
      greeter.errorRate = faults.errorRate ?? 0;
      return;
    }
    const response = await fetch(`http://127.0.0.1:${this.ports[version - 1]}/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(faults),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  }

  async rule(): Promise<string> {
    return await readFile(this.at(this.rules, this.form.file), 'utf8');
  }

  /** Until the mesh has the rules in force that the file has. */
  async untilInForce(): Promise<void> {
    for (;;) {
      const dump = await fetch(`${this.admin}/config_dump`);
      const { files } = (await dump.json()) as { files: { sha256: string }[] };
      const written = createHash('sha256')
        .update(await this.rule())
        .digest('hex');
      if (files.some(({ sha256 }) => sha256 === written)) return;
      await delay(50);
    }
  }

  /** The weights as written, stable first. */
  async weights(): Promise<number[]> {
    return [...(await this.rule()).matchAll(/weight: (\d+)/g)].map(([, weight]) => Number(weight));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const traffic of this.traffics) await traffic[Symbol.asyncDispose]();
    for (const each of this.processes) await each[Symbol.asyncDispose]();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    for (const greeter of this.greeters) greeter.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async startServices(failsFor: string | undefined): Promise<void> {
    if (this.form.speaks === 'grpc') {
      await this.startGreeter(1);
      await this.startGreeter(2);
      return;
    }
    await this.startHello(1);
    if (failsFor === undefined) await this.startHello(2);
    else await this.serveFailingFor(failsFor);
  }

  private async startGreeter(version: number): Promise<void> {
    const namespace = `hello-${version}`;
    const greeter = new Greeter(`hello ${version}`);
    this.greeters.push(greeter);
    const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: greeter-local, namespace: ${namespace}, labels: { kubernetes.io/service-name: greeter } }
addressType: IPv4
ports: [{ name: grpc, port: ${await greeter.start()} }]
endpoints: [{ addresses: [127.0.0.1] }]
`;
    await writeFile(this.at(this.rules, `greeter-${namespace}.yaml`), slice);
  }

  private async startHello(version: number): Promise<void> {
    const env = { PORT: '0', FAULT_CONTROL: 'on', REQUEST_LOG: 'none' };
    const hello = new NodeProcess(`apps/hello-${version}/dist/main.js`, [], { env });
    this.processes.push(hello);
    const [, port = ''] = await hello.said(/listens on http:\/\/[^\s]*:(\d+)\s/);
    await this.listens(version, Number(port));
  }

  private async serveFailingFor(user: string): Promise<void> {
    const server = createServer(({ headers }, response) => {
      response.statusCode = headers.user === user ? 500 : 200;
      response.end('hello 2');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.servers.push(server);
    await this.listens(2, (server.address() as AddressInfo).port);
  }

  private async listens(version: number, port: number): Promise<void> {
    this.ports.push(port);
    const slice = this.at(`k8s/local/hello-${version}-endpointSlice.yaml`);
    await writeFile(slice, (await readFile(slice, 'utf8')).replace(/port: \d+/, `port: ${port}`));
  }

  private async startMesh(): Promise<void> {
    const args = ['--port', '0', '--admin-port', '0', ...this.form.mesh, '-f', this.rules, '-f', 'k8s/local'];
    const mesh = new NodeProcess('apps/local-mesh/bin/local-mesh.js', args, { cwd: this.folder });
    this.processes.push(mesh);
    const [, proxy = '', admin = ''] = await mesh.said(/proxy on (\S+), admin on (\S+)\s/);
    this.proxy = proxy;
    this.admin = admin;
    const [, edge = ''] = /(\S+) stands for port 80 of the gateway/.exec(mesh.output) ?? [];
    this.edge = edge;
  }
}
