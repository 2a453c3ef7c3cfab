import 'reflect-metadata';
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { HEADERS } from './header-propagation/headers.ts';

// Throughput of one Nest + Fastify route with the module against the same route without it: three processes, of which
// two are plain. wrk asks them in turn, each round in another order; the median of the rounds' ratios is the figure, and
// that of plain against plain says how much of it is the machine's own unrest. So does the processor time of a request.
//   npm run build && npm run bench -- header-propagation        needs wrk; ROUNDS=12 SECONDS=2 in the environment

// Node runs this file by stripping its types, which knows no decorators: they are called as the functions they are.
class HelloController {
  hello(): string {
    return 'hello';
  }
}
const hello = Object.getOwnPropertyDescriptor(HelloController.prototype, 'hello') as PropertyDescriptor;
Get('hello')(HelloController.prototype, 'hello', hello);
Controller()(HelloController);

class PlainModule {}
Module({ controllers: [HelloController] })(PlainModule);

class PropagatingModule {}
Module({
  imports: [HeaderPropagationModule.forRoot({ rules: Object.keys(HEADERS), clients: { fetch: true } })],
  controllers: [HelloController],
})(PropagatingModule);

async function serve(module: typeof PlainModule): Promise<void> {
  const app = await NestFactory.create(module, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  process.on('disconnect', () => process.exit());
  process.send?.(app.getHttpServer().address().port);
}

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  readonly rounds: Measurement[];
}

interface Measurement {
  /** Requests per second. */
  readonly rate: number;
  /** Processor time of the server for a request, in microseconds. */
  readonly cost: number;
}

async function startServer(kind: 'plain' | 'propagating'): Promise<Server> {
  const child = fork(import.meta.filename, [kind]);
  const [port] = await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}/hello`, rounds: [] };
}

const run = promisify(execFile);

async function measure(
  { child, url }: Server,
  seconds: number,
  headers: Readonly<Record<string, string>>,
): Promise<Measurement> {
  const flags = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const before = processorMicroseconds(child);
  const { stdout } = await run('wrk', ['-t1', '-c32', `-d${seconds}s`, ...flags, url]);
  const used = processorMicroseconds(child) - before;
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  const [, count] = /(\d+) requests in/.exec(stdout) ?? [];
  if (rate === undefined || /Non-2xx/.test(stdout)) throw new Error(`wrk did not measure: ${stdout}`);
  return { rate: Number(rate), cost: used / Number(count) };
}

/** From /proc, which counts in ticks of 10 ms. */
function processorMicroseconds({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function compare(title: string, headers: Readonly<Record<string, string>>): Promise<void> {
  const servers = [await startServer('plain'), await startServer('plain'), await startServer('propagating')];
  const [plain, control, propagating] = servers as [Server, Server, Server];
  for (const server of servers) await measure(server, 3, headers);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < servers.length; turn++) {
      // A B C, then the other way round from B, ...: nobody gains or loses by place.
      const at = round % 2 === 0 ? round + turn : round - turn + servers.length;
      const server = servers[at % servers.length] as Server;
      server.rounds.push(await measure(server, seconds, headers));
    }
  }
  for (const { child } of servers) child.disconnect();
  console.log(`\n${title.padEnd(22)}   rate   processor time   best of each (requests/s, us a request)`);
  console.log(line('module / plain', propagating, plain));
  console.log(line('plain / plain', control, plain));
}

function line(title: string, one: Server, other: Server): string {
  const ratio = (of: (measurement: Measurement) => number) =>
    median(one.rounds.map((round, at) => of(round) / of(other.rounds[at] as Measurement))).toFixed(3);
  const best = ({ rounds }: Server) =>
    `${Math.max(...rounds.map(({ rate }) => rate)).toFixed(0)}, ${Math.min(...rounds.map(({ cost }) => cost)).toFixed(0)}`;
  return `  ${title.padEnd(20)} ${ratio(({ rate }) => rate)}            ${ratio(({ cost }) => cost)}   ${best(one)} against ${best(other)}`;
}

const modules: Record<string, typeof PlainModule> = { plain: PlainModule, propagating: PropagatingModule };
const rounds = Number(process.env.ROUNDS ?? 12);
const seconds = Number(process.env.SECONDS ?? 2);
const module = modules[process.argv[2] ?? ''];
if (module !== undefined) {
  await serve(module);
} else {
  console.log(
    `Nest + Fastify route, 12 headers allowed, ${rounds} rounds of ${seconds} s each, wrk -t1 -c32.`,
  );
  console.log("Medians of the rounds' ratios; 0.95 or more of the rate is wanted.");
  await compare('12 headers sent', HEADERS);
  await compare('no header sent', {});
}
