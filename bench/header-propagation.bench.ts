import 'reflect-metadata';
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

// Throughput of one Nest + Fastify route with the module against the same route without it, side by side: two
// processes, wrk asks them in turn (A B A B ...), and the median of the pairs' ratios is the figure.
//   npm run build && npm run bench -- header-propagation        needs wrk; PAIRS=9 SECONDS=2 in the environment

const HEADERS: Readonly<Record<string, string>> = {
  'x-request-id': '6f1f0a4e-5b0c-4f0e-9d3c-0a0b0c0d0e0f',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'rojo=00f067aa0ba902b7',
  baggage: 'tenant=acme,region=eu-west-1',
  b3: '80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90',
  'x-b3-traceid': '80f198ee56343ba864fe8b2a57d3eff7',
  'x-b3-spanid': 'e457b5a2e4d86bd1',
  'x-b3-parentspanid': '05e3ac9a4f6e3b90',
  'x-b3-sampled': '1',
  'x-b3-flags': '0',
  'x-ot-span-context': 'abc',
  user: 'test',
};

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

async function startServer(kind: string) {
  const child = fork(import.meta.filename, [kind]);
  const [port] = await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}/hello` };
}

const run = promisify(execFile);

/** Requests per second. */
async function measure(
  url: string,
  seconds: number,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const flags = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const { stdout } = await run('wrk', ['-t1', '-c32', `-d${seconds}s`, ...flags, url]);
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? [];
  if (rate === undefined || /Non-2xx/.test(stdout)) throw new Error(`wrk did not measure: ${stdout}`);
  return Number(rate);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function compare(
  title: string,
  headers: Readonly<Record<string, string>>,
  pairs: number,
  seconds: number,
) {
  const plain = await startServer('plain');
  const propagating = await startServer('propagating');
  const rates: { without: number; with: number }[] = [];
  await measure(plain.url, 1, headers);
  await measure(propagating.url, 1, headers);
  for (let pair = 0; pair < pairs; pair++) {
    // A B, B A, ...: whoever comes second must not gain or lose by it.
    const first = pair % 2 === 0 ? plain : propagating;
    const one = await measure(first.url, seconds, headers);
    const other = await measure((first === plain ? propagating : plain).url, seconds, headers);
    rates.push(first === plain ? { without: one, with: other } : { without: other, with: one });
  }
  plain.child.disconnect();
  propagating.child.disconnect();
  const ratio = median(rates.map((rate) => rate.with / rate.without));
  const without = Math.max(...rates.map((rate) => rate.without));
  const withModule = Math.max(...rates.map((rate) => rate.with));
  console.log(`${title}: median of the pairs' ratios ${ratio.toFixed(3)} (0.95 or more is wanted);`);
  // On a machine that has other work, the best of each is the steadier comparison.
  const best = (withModule / without).toFixed(3);
  console.log(`  best without ${without.toFixed(0)}/s, best with ${withModule.toFixed(0)}/s, ratio ${best}`);
}

const modules: Record<string, typeof PlainModule> = { plain: PlainModule, propagating: PropagatingModule };
const module = modules[process.argv[2] ?? ''];
if (module !== undefined) {
  await serve(module);
} else {
  const pairs = Number(process.env.PAIRS ?? 9);
  const seconds = Number(process.env.SECONDS ?? 2);
  console.log(`Nest + Fastify route, 12 headers allowed, ${pairs} pairs of ${seconds} s, wrk -t1 -c32`);
  await compare('12 headers sent', HEADERS, pairs, seconds);
  await compare('no header sent ', {}, pairs, seconds);
}
