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

/** This process, as others can find out whether it still runs. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return { host: hostname(), pid: process.pid, started: (await startOf(process.pid)) ?? '' };
}

/** Whether a process still runs. One on another machine cannot be asked: it counts as running. */
export async function isRunning({ host, pid, started }: ProcessIdentity): Promise<boolean> {
  if (host !== hostname()) return true;
  const now = await startOf(pid);
  return now !== undefined && now === started;
}

/** Undefined when there is no such process, or when it is dead and only its parent has not noticed yet. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // Behind the command in parentheses, which may hold anything: state is the first field, the start the twentieth. See proc(5).
  const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  if (state !== undefined) return isDead(state) ? undefined : fields[18];
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'stat=,lstart=']).catch(
    () => ({
      stdout: '',
    }),
  );
  const [status = '', ...started] = stdout.trim().split(/\s+/);
  return status === '' || isDead(status) ? undefined : started.join(' ');
}

/** `Z`, a zombie, and `X`. */
function isDead(state: string): boolean {
  return state.startsWith('Z') || state.startsWith('X');
}
