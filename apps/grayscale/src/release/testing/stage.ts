import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Process, repository } from './process.js';
import { Traffic, type TrafficOptions } from './traffic.js';

/** What may be wrong with a hello. */
export interface Faults {
  errorRate?: number;
  latencyMs?: number;
  silent?: boolean;
}

/** The demo's rule by percentage, in each of its forms. */
const forms = {
  virtualService: {
    folder: 'k8s/internal',
    file: 'virtual-service-v2-10.yaml',
    target: { virtualService: 'hello-ext-svc' },
    caller: { workload: 'hello-page', namespace: 'hello-page' },
    mesh: [],
  },
  httpRoute: {
    folder: 'k8s/variants/internal-httproute',
    file: 'http-route-v2-10.yaml',
    target: { httpRoute: 'hello-ext-svc' },
    caller: { workload: 'hello-page', namespace: 'hello-page' },
    mesh: [],
  },
  /** For clients from outside; the local mesh is the gateway. */
  gateway: {
    folder: 'k8s/edge',
    file: 'edge.yaml',
    target: { virtualService: 'hello-edge' },
    caller: { workload: 'istio-ingressgateway', namespace: 'istio-system' },
    mesh: ['--gateway', 'istio-system/public', '-f', 'k8s/internal'],
  },
} as const;

const edge = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: istio-system }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [hello.example.com] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: hello-edge, namespace: hello-page }
spec:
  hosts: [hello.example.com]
  gateways: [istio-system/public]
  http:
    - route:
        - destination: { host: hello.hello-1.svc.cluster.local, port: { number: 8080 } }
          weight: 90
        - destination: { host: hello.hello-2.svc.cluster.local, port: { number: 8080 } }
          weight: 10
`;

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
  private readonly processes: Process[] = [];
  private readonly traffics: Traffic[] = [];
  private readonly servers: Server[] = [];
  private readonly ports: number[] = [];
  private proxy = '';
  private admin = '';

  private constructor(
    readonly folder: string,
    private readonly form: (typeof forms)[keyof typeof forms],
  ) {}

  static async set({
    processes = true,
    failsFor,
    rules = 'virtualService',
  }: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), 'grayscale-stage-')), forms[rules]);
    await cp(join(repository, 'k8s'), stage.at('k8s'), { recursive: true });
    if (rules === 'gateway') {
      await mkdir(stage.at(stage.rules));
      await writeFile(stage.at(stage.rules, stage.form.file), edge);
    }
    if (processes) {
      await stage.startHello(1);
      if (failsFor === undefined) await stage.startHello(2);
      else await stage.serveFailingFor(failsFor);
    }
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
            stable: 'hello.hello-1.svc.cluster.local',
            canary: 'hello.hello-2.svc.cluster.local',
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
  grayscale(...args: string[]): Process {
    const started = Process.start('apps/grayscale/bin/grayscale.js', args, { cwd: this.folder });
    this.processes.push(started);
    return started;
  }

  /** Starts a rollout on the stage's rules and counts. */
  rollout(plan: string, ...args: string[]): Process {
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

  traffic(options: Omit<TrafficOptions, 'proxy'>): Traffic {
    const host = this.form === forms.gateway ? { host: 'hello.example.com', path: '/hello' } : {};
    const traffic = new Traffic({ proxy: this.proxy, ...host, ...options });
    this.traffics.push(traffic);
    return traffic;
  }

  async faults(version: 1 | 2, faults: Faults): Promise<void> {
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
    await rm(this.folder, { recursive: true, force: true });
  }

  private async startHello(version: number): Promise<void> {
    const env = { PORT: '0', FAULT_CONTROL: 'on', REQUEST_LOG: 'none' };
    const hello = Process.start(`apps/hello-${version}/dist/main.js`, [], { env });
    this.processes.push(hello);
    const [, port = ''] = await hello.said(/listens on http:\/\/[^\s]*:(\d+)/);
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
    const mesh = Process.start('apps/local-mesh/bin/local-mesh.js', args, { cwd: this.folder });
    this.processes.push(mesh);
    const [, proxy = '', admin = ''] = await mesh.said(/proxy on (\S+), admin on (\S+)/);
    this.proxy = proxy;
    this.admin = admin;
  }
}
