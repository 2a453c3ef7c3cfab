import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** A process that cannot be confused with a later one of the same number. */
export interface ProcessIdentity {
  host: string;
  pid: number;
  /** When it started, in the system's own form. */
  started: string;
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { host: hostname(), pid: process.pid, started: (await startOf(process.pid)) ?? '' };
}

/** Whether a process still runs. One on another machine cannot be asked: it counts as running. */
export async function isRunning({ host, pid, started }: ProcessIdentity): Promise<boolean> {
  if (host !== hostname()) return true;
  const now = await startOf(pid);
  return now !== undefined && now === started;
}

/** Undefined when there is no such process. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Behind the command in parentheses, which may hold anything: state is the first field, the start the twentieth. See proc(5).
  if (stat !== undefined) return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'lstart=']).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() === '' ? undefined : stdout.trim();
}
