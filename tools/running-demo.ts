import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');
/** Of the two services, the mesh's proxy and its admin side, the release controller and the page. */
const ports = [43990, 43991, 15001, 15000, 8081, 8080];
const program = /apps\/([a-z0-9-]+)\/(?:dist|bin)\//;

interface Listed {
  pid: number;
  parent: number;
  command: string;
}

function processes(): Listed[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent, ...command] = line.trim().split(/ +/);
    return { pid: Number(pid), parent: Number(parent), command: command.join(' ') };
  });
}

/** The processes that one has started, and those that they have. */
function descendants(pid: number, all = processes()): Listed[] {
  return all
    .filter(({ parent }) => parent === pid)
    .flatMap((child) => [child, ...descendants(child.pid, all)]);
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => settle(true)).on('error', () => settle(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** The demo as a user has it, with a process group of its own, as a terminal gives it. */
export class RunningDemo implements Disposable {
  readonly #demo: ChildProcess;
  #output = '';
  #started: Listed[] = [];

  private constructor(command: string, args: readonly string[]) {
    this.#demo = spawn(command, args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#demo.stdout, this.#demo.stderr])
      stream?.on('data', (data) => {
        this.#output += data;
      });
  }

  /** Resolves when all of its ports are served. */
  static async of(command: string, ...args: string[]): Promise<RunningDemo> {
    const demo = new RunningDemo(command, args);
    while ((await demo.takenPorts()).length < ports.length) {
      if (demo.#demo.exitCode !== null) throw new Error(`${command} ended: ${demo.#output}`);
      await sleep(100);
    }
    demo.#started = descendants(demo.pid);
    return demo;
  }

  get pid(): number {
    return this.#demo.pid ?? 0;
  }

  /** The one of the processes beneath it whose command is of that form. */
  pidOf(command: RegExp): number {
    return this.#started.find((listed) => command.test(listed.command))?.pid ?? 0;
  }

  /** The names of the programs that it started, each once. */
  get programs(): string[] {
    const names = this.#started.flatMap(({ command }) => program.exec(command)?.[1] ?? []);
    return [...new Set(names)].sort();
  }

  /** Resolves when none of its processes is left. @returns how long that took, in ms */
  async ended(): Promise<number> {
    const begun = performance.now();
    const pids = new Set([this.pid, ...this.#started.map(({ pid }) => pid)]);
    while (processes().some(({ pid, command }) => pids.has(pid) && !command.includes('<defunct>')))
      await sleep(50);
    return Math.round(performance.now() - begun);
  }

  async takenPorts(): Promise<number[]> {
    const taken = await Promise.all(ports.map(isTaken));
    return ports.filter((_, index) => taken[index]);
  }

  /** Whatever is left of it. */
  [Symbol.dispose](): void {
    for (const pid of [this.pid, ...this.#started.map((listed) => listed.pid)]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It is gone.
      }
    }
  }
}
