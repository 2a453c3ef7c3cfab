// Requests per second of /page: bare node:http + undici, hello-page as shipped, and hello-page with axios' http adapter.
// Nobody writes a request log: bare node:http has none. With hello-page's own: REQUEST_LOG=all npm run bench -- hello-page
//   npm run build && npm run bench -- hello-page        needs wrk
// Each contestant is a process of its own before one upstream, and a second bare one is the control: what differs between those
// two is the machine's unrest. Rounds alternate; ratios are medians of the rounds' own, in rate and in processor time.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const ROUNDS = Number(process.env.ROUNDS ?? 8);
const SECONDS = 2;
const CONNECTIONS = 32;
const children = new Map<string, ChildProcess>();

async function start(...args: string[]): Promise<string> {
  const [name = '', ...rest] = args;
  const variant = name === 'control' ? 'bare' : name;
  const child = spawn(process.execPath, [`${import.meta.dirname}/hello-page/server.ts`, variant, ...rest], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // As in the image.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  children.set(name, child);
  const lines = createInterface({ input: child.stdout });
  return new Promise((resolve, reject) => {
    // The request log goes on arriving here and is thrown away.
    lines.on('line', (line) => /^\d+$/.test(line) && resolve(line));
    child.once('exit', () => reject(new Error(`${name} did not start`)));
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
const contestants = ['bare', 'control', 'undici', 'axios-http'] as const;
type Contestant = (typeof contestants)[number];

/** One round of one contestant: requests per second, and microseconds of processor time for each. */
interface Measurement {
  readonly rate: number;
  readonly cost: number;
}

async function measure(name: Contestant, port: string): Promise<Measurement> {
  const before = processorTicks(name);
  const rate = await requestsPerSecond(port, SECONDS);
  return { rate, cost: ((processorTicks(name) - before) * 10_000) / (rate * SECONDS) };
}

const ports = new Map<Contestant, string>();
const rounds: Record<Contestant, Measurement>[] = [];
try {
  for (const name of contestants) {
    ports.set(name, await start(name, upstream));
    await requestsPerSecond(ports.get(name) ?? '', 2);
  }
  for (let round = 0; round < ROUNDS; round++) {
    const measured: Partial<Record<Contestant, Measurement>> = {};
    // Each begins a round in its turn, and nobody runs twice in a row.
    const first = round % contestants.length;
    const order = [...contestants.slice(first), ...contestants.slice(0, first)];
    for (const name of order) measured[name] = await measure(name, ports.get(name) ?? '');
    rounds.push(measured as Record<Contestant, Measurement>);
  }
} finally {
  for (const child of children.values()) child.kill();
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function ratio(one: Contestant, other: Contestant, of: keyof Measurement): string {
  return median(rounds.map((round) => round[one][of] / round[other][of])).toFixed(2);
}

console.log(
  `hello-page's REQUEST_LOG: ${process.env.REQUEST_LOG ?? 'none, as bare has none'}; ${ROUNDS} rounds\n`,
);
console.log(
  '| | requests/s, median | us of processor a request, median | least |\n| --- | --- | --- | --- |',
);
for (const name of contestants) {
  const costs = rounds.map((round) => round[name].cost);
  const rate = median(rounds.map((round) => round[name].rate)).toFixed(0);
  console.log(`| ${name} | ${rate} | ${median(costs).toFixed(0)} | ${Math.min(...costs).toFixed(0)} |`);
}
console.log('\n| | rate | processor time |\n| --- | --- | --- |');
for (const [one, other] of [
  ['control', 'bare'],
  ['undici', 'bare'],
  ['undici', 'axios-http'],
] as const) {
  console.log(`| ${one} / ${other} | ${ratio(one, other, 'rate')} | ${ratio(one, other, 'cost')} |`);
}
