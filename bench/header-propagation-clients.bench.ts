import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get as httpGet, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { HeaderPropagation } from '@grayscale/header-propagation';
import { propagateWithAxios } from '@grayscale/header-propagation/axios';
import { propagateGlobalFetch } from '@grayscale/header-propagation/fetch';
import { HeaderPropagationModule } from '@grayscale/header-propagation/nest';
import { propagateNodeHttp } from '@grayscale/header-propagation/node-http';
import { propagationInterceptor } from '@grayscale/header-propagation/undici';
import { Controller, Get, Headers, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import axios from 'axios';
import { Agent, Pool, request as undiciRequest } from 'undici';
import { HEADERS } from './header-propagation/headers.ts';

// What the headers cost, by client, in processor time with propagation against the same without it, where the application
// sends the same 12 headers by hand: first of a bare call, which is the dearest case since nothing else is done; then of a
// whole service, a Nest + Fastify route that asks another service on each request. Four processes for each serve so many
// requests in turn, in rounds, and then four new ones, several times: two processes of the same program differ by up
// to a tenth all their lives, which no number of rounds evens out. The figure is the median of all rounds' ratios; behind it
// are the least and the most of the generations' own medians. Two processes are plain: plain against plain is the machine's
// unrest. One does what any propagation has to: it sends from an AsyncLocalStorage, by an interceptor that checks nothing
// where the client has interceptors. The last column is the median of the generations' best rounds.
//   npm run build && npm run bench -- header-propagation-clients
//   GENERATIONS=3 ROUNDS=10 REQUESTS=1500 WARM_UP=10000 CLIENT=axios MODE=service in the environment

/** Sends one request and reads the answer. The headers that a plain client sends are the same, set by hand. */
type Send = (url: string, headers: Readonly<Record<string, string>>) => Promise<unknown>;

/** A client, with propagation where there is one; `least` is what stands where it would. */
type Client = (propagation: HeaderPropagation | undefined, least?: boolean) => Send;

type Interceptor = Parameters<Agent['compose']>[number];

/** Sends the headers of the context and looks at nothing. */
const leastInterceptor: Interceptor = (dispatch) => (options, handler) =>
  dispatch({ ...options, headers: { ...context.getStore() } }, handler);

const context = new AsyncLocalStorage<Readonly<Record<string, string>>>();

const clients: Readonly<Record<string, Client>> = {
  axios: (propagation) => {
    const instance = axios.create();
    if (propagation) propagateWithAxios(propagation, instance);
    return async (url, headers) => (await instance.get(url, { headers })).data;
  },
  fetch: (propagation) => {
    if (propagation) propagateGlobalFetch(propagation);
    return async (url, headers) => await (await fetch(url, { headers })).text();
  },
  undici: (propagation, least) => {
    const agent = new Agent();
    const interceptor = propagation ? (propagationInterceptor(propagation) as Interceptor) : leastInterceptor;
    const dispatcher = propagation || least ? agent.compose(interceptor) : agent;
    return async (url, headers) => await (await undiciRequest(url, { dispatcher, headers })).body.text();
  },
  'node:http': (propagation) => {
    if (propagation) propagateNodeHttp(propagation);
    return async (url, headers) => {
      const request = httpGet(url, { headers });
      const [response] = await once(request, 'response');
      return await text(response);
    };
  },
};

/** Something that serves so many requests when it is told to, some at a time. */
type Serve = (requests: number) => Promise<unknown>;

async function inTurns(requests: number, one: () => Promise<unknown>): Promise<void> {
  let left = requests;
  const work = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

const KINDS = ['plain', 'control', 'least', 'propagating'] as const;
type Kind = (typeof KINDS)[number];

/** A caller: on each order it sends so many requests. */
function caller(client: Client, kind: Kind): Serve {
  const propagation =
    kind === 'propagating' ? new HeaderPropagation({ rules: Object.keys(HEADERS) }) : undefined;
  const captured = propagation?.extract(HEADERS);
  const send = client(propagation, kind === 'least');
  const plain = () => send(upstream, HEADERS);
  const least = () => context.run(HEADERS, plain);
  return (requests) =>
    inTurns(requests, () => {
      if (propagation && captured) return propagation.run(captured, () => send(upstream, {}));
      return kind === 'least' ? least() : plain();
    });
}

/** A service that asks the upstream for each request; the parent asks it. Gives its URL first. */
async function service(client: Client, kind: Kind): Promise<void> {
  const propagates = kind === 'propagating';
  let send: Send;
  class PageController {
    page(headers: IncomingHttpHeaders): Promise<unknown> {
      if (propagates) return send(upstream, {});
      const own = byHand(headers);
      return kind === 'least' ? context.run(own, () => send(upstream, own)) : send(upstream, own);
    }
  }
  // Node runs this file by stripping its types, which knows no decorators: they are called as the functions they are.
  const page = Object.getOwnPropertyDescriptor(PageController.prototype, 'page') as PropertyDescriptor;
  Get('page')(PageController.prototype, 'page', page);
  Headers()(PageController.prototype, 'page', 0);
  Controller()(PageController);
  class AppModule {}
  const imports = propagates ? [HeaderPropagationModule.forRoot({ rules: Object.keys(HEADERS) })] : [];
  Module({ imports, controllers: [PageController] })(AppModule);
  const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
  send = client(propagates ? app.get(HeaderPropagation) : undefined, kind === 'least');
  await app.listen(0, '127.0.0.1');
  process.send?.(`http://127.0.0.1:${app.getHttpServer().address().port}`);
}

function byHand(headers: IncomingHttpHeaders): Record<string, string> {
  const own: Record<string, string> = {};
  for (const name in HEADERS) own[name] = headers[name] as string;
  return own;
}

/** Answers each order with the processor time of one request, in microseconds; without `serve` the parent asks meanwhile. */
function obey(serve?: Serve): void {
  let before = process.cpuUsage();
  process.on('message', async ({ requests, done }: { requests: number; done?: boolean }) => {
    if (!done) before = process.cpuUsage();
    await serve?.(requests);
    const { user, system } = process.cpuUsage(before);
    process.send?.((user + system) / requests);
  });
  process.on('disconnect', () => process.exit());
}

/** A process that is measured. */
class Measured {
  readonly rounds: number[] = [];
  readonly #child: ChildProcess;
  #pool: Pool | undefined;

  constructor(mode: string, client: string, kind: Kind) {
    this.#child = fork(import.meta.filename, [mode, client, kind], {
      env: { ...process.env, UPSTREAM: upstream },
    });
  }

  async start(mode: string): Promise<void> {
    if (mode !== 'service') return;
    const [url] = await once(this.#child, 'message');
    this.#pool = new Pool(url, { connections: 8 });
  }

  async measure(requests: number): Promise<number> {
    const pool = this.#pool;
    let cost = await this.#tell({ requests });
    if (pool !== undefined) {
      const ask = async () => {
        const { statusCode, body } = await pool.request({ path: '/page', method: 'GET', headers: HEADERS });
        if (statusCode !== 200) throw new Error(`The service answered ${statusCode}: ${await body.text()}`);
        await body.dump();
      };
      await inTurns(requests, ask);
      cost = await this.#tell({ requests, done: true });
    }
    return cost;
  }

  async #tell(order: object): Promise<number> {
    this.#child.send(order);
    const [answer] = await once(this.#child, 'message');
    return answer;
  }

  async stop(): Promise<void> {
    await this.#pool?.close();
    this.#child.disconnect();
  }
}

/** The rounds of four new processes: what luck one of them has with memory and its compiler is not the figure. */
async function generation(mode: string, client: string, at: number): Promise<Record<Kind, Measured>> {
  const order = rotated(KINDS, at);
  const all = order.map((kind) => new Measured(mode, client, kind));
  for (const one of all) await one.start(mode);
  // What is compiled while it runs is not part of what a request costs, and a service is compiled to the end only after some
  // 20,000 requests: two turns each. Rounds are longer than what lies between two collections of garbage.
  for (const one of [...all, ...all]) await one.measure(warmUp);
  for (let round = 0; round < rounds; round++) {
    const turn = rotated(all, round >> 1);
    // A B C D, then the other way round, ...: nobody gains or loses by place.
    for (const one of round % 2 === 0 ? turn : turn.toReversed())
      one.rounds.push(await one.measure(requests));
  }
  for (const one of all) await one.stop();
  return Object.fromEntries(all.map((one, index) => [order[index], one])) as Record<Kind, Measured>;
}

function rotated<T>(list: readonly T[], by: number): T[] {
  return list.map((_, index) => list[(index + by) % list.length] as T);
}

async function compare(mode: string, client: string): Promise<void> {
  const all: Record<Kind, Measured>[] = [];
  for (let at = 0; at < generations; at++) all.push(await generation(mode, client, at));
  const ratios = (kind: Kind) =>
    all.map((each) => each[kind].rounds.map((cost, at) => cost / (each.plain.rounds[at] as number)));
  const ratio = (kind: Kind) => {
    const medians = ratios(kind).map(median);
    const [least, most] = [Math.min(...medians), Math.max(...medians)].map((one) => one.toFixed(2));
    return `${median(ratios(kind).flat()).toFixed(3)} (${least} to ${most})`;
  };
  const best = (kind: Kind) => median(all.map((each) => Math.min(...each[kind].rounds)));
  const bests = (['propagating', 'least', 'control', 'plain'] as const).map(best);
  console.log(
    `| ${client} | ${ratio('propagating')} | ${ratio('least')} | ${ratio('control')} | ${bests.map((one) => one.toFixed(1)).join(', ')} |`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const generations = Number(process.env.GENERATIONS ?? 3);
const rounds = Number(process.env.ROUNDS ?? 10);
const requests = Number(process.env.REQUESTS ?? 1500);
const warmUp = Number(process.env.WARM_UP ?? 10_000);
let upstream = process.env.UPSTREAM ?? '';
const [, , mode, name] = process.argv;
const kind = KINDS.find((one) => one === process.argv[4]) ?? 'plain';
const client = clients[name ?? ''];
if (client !== undefined && mode === 'call') obey(caller(client, kind));
else if (client !== undefined) {
  await service(client, kind);
  obey();
} else {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hello`;
  const titles = { call: 'of a call', service: 'of a request to a service that makes a call' };
  for (const [mode, title] of Object.entries(titles)) {
    if ((process.env.MODE ?? mode) !== mode) continue;
    console.log(
      `\nProcessor time ${title}, ${generations} times four processes, ${rounds} rounds of ${requests}, 12 headers.\n`,
    );
    console.log(
      '| client | with / by hand | least / by hand | by hand / by hand | best of: with, least, by hand, by hand, us |\n| --- | --- | --- | --- | --- |',
    );
    for (const each of Object.keys(clients).filter((one) => (process.env.CLIENT ?? one) === one))
      await compare(mode, each);
  }
  server.close();
  server.closeAllConnections();
}
