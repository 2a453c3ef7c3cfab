import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Load } from './load.ts';
import type { Program } from './program.ts';

const run = promisify(execFile);

/** One run of wrk with one thread: the rest of the machine belongs to the proxy and the backend. */
export async function load({ port, cpuMs }: Program, connections: number, seconds: number): Promise<Load> {
  const cpuBefore = cpuMs();
  const { stdout } = await run('wrk', [
    ...['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-H', 'Host: hello.com'],
    `http://127.0.0.1:${port}/hello`,
  ]);
  const socketErrors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout);
  const errors = [
    ...(socketErrors?.slice(1) ?? []),
    /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0,
  ];
  const requests = Number(/([0-9]+) requests in/.exec(stdout)?.[1] ?? 1);
  return {
    cpuUs: ((cpuMs() - cpuBefore) * 1000) / requests,
    requestsPerSecond: Number(/Requests\/sec:\s+([0-9.]+)/.exec(stdout)?.[1] ?? 0),
    p50Ms: milliseconds(/\s50%\s+(\S+)/.exec(stdout)?.[1]),
    p99Ms: milliseconds(/\s99%\s+(\S+)/.exec(stdout)?.[1]),
    errors: errors.reduce<number>((sum, count) => sum + Number(count), 0),
  };
}

function milliseconds(text = '0ms'): number {
  const value = Number.parseFloat(text);
  if (text.endsWith('us')) return value / 1000;
  return text.endsWith('ms') ? value : value * 1000;
}
