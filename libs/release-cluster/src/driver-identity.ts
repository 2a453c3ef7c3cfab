import { hostname } from 'node:os';
import { type Driver, isRunning, ownIdentity, type ProcessIdentity } from '@grayscale/release-loop';

/** Names this process as a driver, so that others on the same machine see when it has died. */
export async function processIdentity(): Promise<string> {
  const { host, pid, started } = await ownIdentity();
  return [host, pid, started].map(encodeURIComponent).join('/');
}

/** Whether it was a process of this machine, and has ended. */
export async function isDead(holder: string): Promise<boolean> {
  const process = processOf(holder);
  return process !== undefined && !(await isRunning(process));
}

/** A driver for people. */
export function driverOf(holder: string): Driver {
  const process = processOf(holder);
  if (process === undefined) return { text: holder };
  if (process.host !== hostname()) return { text: `process ${process.pid} on ${process.host}` };
  return { text: `process ${process.pid}`, pid: process.pid };
}

/** Undefined for a driver that is not one of our processes, such as a controller's Pod. */
function processOf(holder: string): ProcessIdentity | undefined {
  const [, host, pid, started] = /^([^/]+)\/(\d+)\/([^/]+)$/.exec(holder) ?? [];
  if (host === undefined || pid === undefined || started === undefined) return undefined;
  try {
    return { host: decodeURIComponent(host), pid: Number(pid), started: decodeURIComponent(started) };
  } catch {
    return undefined;
  }
}
