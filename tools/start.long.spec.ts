import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');
/** Of the two services, the mesh's proxy and its admin side, the release controller and the page. */
const ports = [43990, 43991, 15001, 15000, 8081, 8080];

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

/** `npm start` as a user has it, once it invites; with a process group of its own, as a terminal gives it. */
async function startDemo(): Promise<ChildProcess> {
  const demo = spawn('npm', ['start'], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  demo.stdout?.on('data', (data) => {
    output += data;
  });
  while (!output.includes('Ctrl-C ends it')) {
    if (demo.exitCode !== null) throw new Error(`npm start ended: ${output}`);
    await sleep(50);
  }
  return demo;
}

const ofStart = (listed: Listed[]) =>
  listed.find(({ command }) => /^\S*node \S*tools\/start\.js/.test(command));
const ways: Array<[string, (demo: number, start: number) => void]> = [
  ['SIGTERM to npm', (demo) => process.kill(demo, 'SIGTERM')],
  ['SIGINT to npm', (demo) => process.kill(demo, 'SIGINT')],
  ['SIGHUP to npm', (demo) => process.kill(demo, 'SIGHUP')],
  ['SIGKILL to npm', (demo) => process.kill(demo, 'SIGKILL')],
  ['SIGINT to the group, as Ctrl-C', (demo) => process.kill(-demo, 'SIGINT')],
  ['SIGHUP to the group, as a closed terminal', (demo) => process.kill(-demo, 'SIGHUP')],
  ['SIGKILL to the group', (demo) => process.kill(-demo, 'SIGKILL')],
  ['SIGTERM to the script', (_, start) => process.kill(start, 'SIGTERM')],
  ['SIGKILL to the script', (_, start) => process.kill(start, 'SIGKILL')],
];

let running: ChildProcess | undefined;

afterEach(() => {
  for (const { pid } of running === undefined ? [] : descendants(running.pid ?? 0))
    process.kill(pid, 'SIGKILL');
  running?.kill('SIGKILL');
});

describe('npm start leaves no process and no port behind', () => {
  it.each(ways)(
    '%s',
    async (_, end) => {
      const demo = await startDemo();
      running = demo;
      const started = descendants(demo.pid ?? 0);
      expect(started.filter(({ command }) => /apps\/\S+\/(dist|bin)\//.test(command))).toHaveLength(5);
      expect(await Promise.all(ports.map(isTaken))).toEqual(ports.map(() => true));
      const begun = performance.now();
      end(demo.pid ?? 0, ofStart(started)?.pid ?? 0);
      const pids = new Set(started.map(({ pid }) => pid));
      while (processes().some(({ pid, command }) => pids.has(pid) && !command.includes('<defunct>')))
        await sleep(50);
      console.info(`ended after ${Math.round(performance.now() - begun)} ms`);
      expect(await Promise.all(ports.map(isTaken))).toEqual(ports.map(() => false));
    },
    // A connection of a test before may hold one of the ports for a minute.
    150_000,
  );
});
