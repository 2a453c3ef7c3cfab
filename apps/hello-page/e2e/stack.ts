import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { copyManifests } from '../../../k8s/testing/copied.js';
import { type Mode, modes } from './modes.js';

const root = resolve(import.meta.dirname, '../../..');

/** The ports that k8s/ names for the two services outside the cluster; a stack has free ones in their place. */
const namedPorts = { 'hello-1': '43990', 'hello-2': '43991' } as const;

export type ProcessName = 'hello-1' | 'hello-2' | 'local-mesh' | 'release-controller' | 'hello-page';

export interface Stack {
  /** Where hello-page listens, without a trailing slash. */
  page: string;
  /** The local mesh's proxy and its admin side. */
  proxy: string;
  admin: string;
  /** This stack's own copy of k8s/, free to edit. */
  folder: string;
  /** What the process has printed so far, both streams. */
  output(name: ProcessName): string;
  /** Ends one process at once, as a crash would. */
  kill(name: ProcessName): Promise<void>;
  /** Starts it again on the port it had. */
  start(name: 'hello-1' | 'hello-2'): Promise<void>;
  /** Ends all processes and removes the folder. Gives each process's exit code. */
  stop(): Promise<Record<string, number | null>>;
}

/** Starts the built hello-1, hello-2, local-mesh and hello-page as real processes on free ports, with a copy of k8s/. */
export async function startStack({
  mode = 'internal',
  admin: told = true,
  release = false,
}: {
  mode?: Mode;
  /** False: hello-page is not told of the mesh's admin side, as in a cluster. */
  admin?: boolean;
  /** True: with the release controller, over the mode's plans in the copy, and with hello-2's faults in reach. */
  release?: boolean;
} = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'grayscale-'));
  const processes = new Map<ProcessName, Process>();
  const launch = async (name: ProcessName, args: string[], env: Record<string, string>, ready: RegExp) => {
    const started = new Process(args, env);
    processes.set(name, started);
    return started.printed(ready, name);
  };
  const hello = (name: 'hello-1' | 'hello-2', port: string) =>
    launch(name, [`apps/${name}/dist/main.js`], { PORT: port, FAULT_CONTROL: 'on' }, listensOn);

  try {
    const ports = {
      'hello-1': (await hello('hello-1', '0'))[1],
      'hello-2': (await hello('hello-2', '0'))[1],
    };
    await manifestsFor(folder, ports);
    const mesh = ['apps/local-mesh/bin/local-mesh.js', '--port', '0', '--admin-port', '0'];
    const rules = join(folder, modes[mode].folder);
    const filenames = ['--filename', rules, '--filename', join(folder, 'local')];
    const listening = /proxy on (http:\/\/\S+:\d+), admin on (http:\/\/\S+:\d+)/;
    const [, proxy = '', admin = ''] = await launch('local-mesh', [...mesh, ...filenames], {}, listening);
    const neighbours = release
      ? await startController(launch, {
          rules,
          plans: join(folder, modes[mode].plans),
          admin,
          canaryPort: ports['hello-2'] ?? '',
        })
      : {};
    const page = await launch(
      'hello-page',
      ['apps/hello-page/dist/main.js'],
      { PORT: '0', HTTP_PROXY: proxy, NO_PROXY: '', ...(told && { LOCAL_MESH_ADMIN: admin }), ...neighbours },
      listensOn,
    );
    return {
      page: `http://127.0.0.1:${page[1]}`,
      proxy,
      admin,
      folder,
      output: (name) => processes.get(name)?.output ?? '',
      kill: async (name) => void (await processes.get(name)?.end('SIGKILL')),
      start: async (name) => void (await hello(name, ports[name] ?? '0')),
      stop: () => stopAll(processes, folder),
    };
  } catch (error) {
    await stopAll(processes, folder);
    throw error;
  }
}

const listensOn = /listens on http:\/\/[^:]+:(\d+)/;

type Launch = (
  name: ProcessName,
  args: string[],
  env: Record<string, string>,
  ready: RegExp,
) => Promise<RegExpExecArray>;

interface Release {
  rules: string;
  plans: string;
  admin: string;
  canaryPort: string;
}

/** @returns what hello-page is told of it */
async function startController(launch: Launch, { rules, plans, admin, canaryPort }: Release) {
  const env = {
    PORT: '0',
    PLANS: plans,
    RULES: rules,
    METRICS: `${admin}/stats/prometheus`,
    LOOK_INTERVAL_MS: '300',
  };
  const [, port] = await launch(
    'release-controller',
    ['apps/release-controller/dist/main.js'],
    env,
    listensOn,
  );
  return {
    RELEASE_CONTROLLER: `http://127.0.0.1:${port}`,
    FAULT_CONTROL_URL: `http://127.0.0.1:${canaryPort}`,
  };
}

async function stopAll(processes: Map<ProcessName, Process>, folder: string) {
  const codes = await Promise.all(
    [...processes].map(async ([name, each]) => [name, await each.end('SIGTERM')] as const),
  );
  await rm(folder, { recursive: true, force: true });
  return Object.fromEntries(codes);
}

/** Copies k8s/ with the ports of this stack's two services in place of the well-known ones. */
async function manifestsFor(folder: string, ports: Record<keyof typeof namedPorts, string | undefined>) {
  await copyManifests(folder);
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.yaml')) continue;
    const file = join(folder, name);
    const text = await readFile(file, 'utf8');
    const moved = text
      .replaceAll(namedPorts['hello-1'], String(ports['hello-1']))
      .replaceAll(namedPorts['hello-2'], String(ports['hello-2']));
    if (moved !== text) await writeFile(file, moved);
  }
}

class Process {
  output = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(args: string[], env: Record<string, string>) {
    this.child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, REQUEST_LOG: 'errors', ...env },
    });
    this.child.stdout?.on('data', (chunk) => this.collect(chunk));
    this.child.stderr?.on('data', (chunk) => this.collect(chunk));
    this.ended = new Promise((resolve) => this.child.once('close', (code) => resolve(code)));
  }

  private collect(chunk: Buffer) {
    this.output += chunk;
    this.child.emit('printed');
  }

  /** Resolves once the output matches; rejects with the output when the process ends before, or after two minutes: machines of CI start slowly. */
  printed(pattern: RegExp, name: string): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${name} ${why}; it printed:\n${this.output}`));
      const timer = setTimeout(() => fail(`did not print ${pattern} within two minutes`), 120_000);
      const look = () => {
        const match = pattern.exec(this.output);
        if (!match) return;
        clearTimeout(timer);
        resolve(match);
      };
      this.child.on('printed', look);
      this.child.once('error', (error) => fail(`could not be started: ${error.message}`));
      void this.ended.then((code) => fail(`ended with ${code} before it was ready`));
      look();
    });
  }

  end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.ended;
  }
}
