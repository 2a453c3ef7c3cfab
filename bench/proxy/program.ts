import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program under measurement, in a process of its own. */
export interface Program {
  port: number;
  /** Resident memory in MiB. */
  memory(): number;
  /** Processor time so far, milliseconds, user and system together. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until it listens.
 * @param port where it will listen; or how it prints the port. With a number nobody reads what it prints: it goes to /dev/null
 */
export async function start(
  command: string,
  args: readonly string[],
  port: RegExp | number = /listening on ([0-9]+)/,
): Promise<Program> {
  const output = typeof port === 'number' ? 'ignore' : 'pipe';
  const child = spawn(command, args, { stdio: ['ignore', output, output] });
  const found = typeof port === 'number' ? await listening(child, port) : await printed(child, port);
  child.stdout?.resume();
  child.stderr?.resume();
  const pid = child.pid as number;
  return {
    port: found,
    memory: () => residentMebibytes(pid),
    cpuMs: () => processorMs(pid),
    stop: () => stop(child),
  };
}

async function listening(child: ChildProcess, port: number): Promise<number> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended before it listened on ${port}`);
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return port;
    } catch {
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
}

function printed(child: ChildProcess, pattern: RegExp): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (data: Buffer): void => {
      text += data.toString();
      const match = pattern.exec(text);
      if (match !== null) resolve(Number(match[1]));
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`it ended before it listened:\n${text.slice(-1000)}`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function residentMebibytes(pid: number): number {
  const line = /VmRSS:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** Linux counts in hundredths of a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
