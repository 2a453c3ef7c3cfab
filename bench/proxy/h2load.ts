import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load } from './load.ts';
import type { Program } from './program.ts';

const run = promisify(execFile);

/** How many requests are under way at once: `streams` on each of the connections. */
export interface Concurrency {
  connections: number;
  streams: number;
}

/** How h2load asks, where it is not as fast as it gets answers in HTTP/2. */
export interface Manner {
  /** On each connection, in HTTP/1.1, whatever the answers take. */
  requestsPerSecond?: number;
}

/** One run of h2load with one thread: HTTP/2 with prior knowledge, unless a rate is given. */
export async function load(
  { port, cpuMs }: Program,
  { connections, streams }: Concurrency,
  seconds: number,
  { requestsPerSecond }: Manner = {},
): Promise<Load> {
  const manner = requestsPerSecond === undefined ? [] : ['--h1', `--rps=${requestsPerSecond}`];
  const folder = await mkdtemp(join(tmpdir(), 'grayscale-h2load-'));
  const log = join(folder, 'requests.tsv');
  const cpuBefore = cpuMs();
  try {
    const { stdout } = await run('h2load', [
      ...[`-c${connections}`, `-m${streams}`, `-D${seconds}`, `--log-file=${log}`],
      ...manner,
      ...[`--connect-to=127.0.0.1:${port}`, 'http://hello.com/hello'],
    ]);
    const cpuUs = (cpuMs() - cpuBefore) * 1000;
    const requests = await readRequests(log);
    const done = Number(/([0-9]+) done/.exec(stdout)?.[1] ?? 0);
    const unanswered = /([0-9]+) failed, ([0-9]+) errored, ([0-9]+) timeout/.exec(stdout)?.slice(1) ?? [];
    const notOk = /([0-9]+) 3xx, ([0-9]+) 4xx, ([0-9]+) 5xx/.exec(stdout)?.slice(1) ?? [];
    return {
      cpuUs: cpuUs / Math.max(1, done),
      requestsPerSecond: Number(/([0-9.]+) req\/s/.exec(stdout)?.[1] ?? 0),
      p50Ms: percentile(requests, 50),
      p99Ms: percentile(requests, 99),
      errors: [...unanswered, ...notOk].reduce((sum, count) => sum + Number(count), 0),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A line for each request: when it began, its status, how many microseconds it took. */
async function readRequests(log: string): Promise<number[]> {
  const lines = (await readFile(log, 'utf8')).split('\n');
  const times = lines.filter((line) => line !== '').map((line) => Number(line.split('\t')[2]));
  return times.sort((a, b) => a - b);
}

/** In milliseconds. */
function percentile(sorted: readonly number[], percent: number): number {
  return (sorted[Math.floor((sorted.length * percent) / 100)] ?? 0) / 1000;
}
