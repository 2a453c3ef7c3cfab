// Requests per second of /page: bare node:http + undici, hello-page as shipped, and hello-page with axios' http adapter.
// Nobody writes a request log: bare node:http has none. With hello-page's own: REQUEST_LOG=all npm run bench -- hello-page
//   npm run build && npm run bench -- hello-page        needs wrk
// Each contestant is a process of its own before one upstream; rounds alternate, and the best round of each counts.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const ROUNDS = 4;
const SECONDS = 4;
const CONNECTIONS = 32;
const children = new Map<string, ChildProcess>();

async function start(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [`${import.meta.dirname}/hello-page/server.ts`, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.set(args[0] ?? '', child);
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    // The request log goes on arriving here and is thrown away.
    lines.on('line', (line) => /^\d+$/.test(line) && resolve(line));
    child.once('exit', () => reject(new Error(`${args[0]} did not start`)));
  });
}

/** wrk runs beside us: reading the log of a contestant must not wait for it. */
async function requestsPerSecond(port: string, seconds: number): Promise<number> {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, `http://127.0.0.1:${port}/page?name=test`];
  const wrk = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = (await wrk.stdout.toArray()).join('');
  if (/Non-2xx/.test(output)) throw new Error(`Some answers were errors:\n${output}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}

/** Processor time that a contestant has used, in ticks of 10 ms: beside rates, a figure that busy neighbours do not bend. */
function processorTicks(name: string): number {
  const fields =
    readFileSync(`/proc/${children.get(name)?.pid}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

const upstream = await start('upstream');
const contestants = ['bare', 'undici', 'axios-http'] as const;
const ports = new Map<string, string>();
const best = new Map<string, number>();
const cost = new Map<string, number>();
try {
  for (const name of contestants) {
    ports.set(name, await start(name, upstream));
    await requestsPerSecond(ports.get(name) ?? '', 2);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of contestants) {
      const before = processorTicks(name);
      const rate = await requestsPerSecond(ports.get(name) ?? '', SECONDS);
      const used = ((processorTicks(name) - before) * 10_000) / (rate * SECONDS);
      cost.set(name, Math.min(used, cost.get(name) ?? Number.POSITIVE_INFINITY));
      best.set(name, Math.max(rate, best.get(name) ?? 0));
    }
  }
} finally {
  for (const child of children.values()) child.kill();
}
const rate = (name: string) => best.get(name) ?? 0;
console.log(`hello-page's REQUEST_LOG: ${process.env.REQUEST_LOG ?? 'none, as bare has none'}`);
for (const name of contestants) {
  const microseconds = (cost.get(name) ?? 0).toFixed(0).padStart(5);
  console.log(
    `${name.padEnd(12)} ${rate(name).toFixed(0).padStart(7)} requests/s ${microseconds} us of processor a request`,
  );
}
console.log(`undici / bare         ${(rate('undici') / rate('bare')).toFixed(2)}  (goal: 0.5 or more)`);
console.log(`undici / axios-http   ${(rate('undici') / rate('axios-http')).toFixed(2)}  (goal: 1.6 or more)`);
