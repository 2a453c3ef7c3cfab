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
// requests each in turn, and the median of the rounds' ratios is the figure. Two are plain: plain against plain is the
// machine's unrest. One does what any propagation has to: it sends from an AsyncLocalStorage, by an interceptor that checks
// nothing where the client has interceptors.
//   npm run build && npm run bench -- header-propagation-clients    ROUNDS=15 REQUESTS=3000 CLIENT=axios in the environment

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

async function compare(mode: string, client: string): Promise<void> {
  const all = KINDS.map((kind) => new Measured(mode, client, kind));
  const [plain, control, least, propagating] = all as [Measured, Measured, Measured, Measured];
  for (const one of all) await one.start(mode);
  // What is compiled while it runs is not part of what a request costs.
  for (const one of all) await one.measure(Math.max(requests, 3000));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      // A B C D, then the other way round from B, ...: nobody gains or loses by place.
      const at = round % 2 === 0 ? round + turn : round - turn + all.length;
      const one = all[at % all.length] as Measured;
      one.rounds.push(await one.measure(requests));
    }
  }
  for (const one of all) await one.stop();
  const ratio = (one: Measured) =>
    median(one.rounds.map((cost, at) => cost / (plain.rounds[at] as number))).toFixed(3);
  const best = ({ rounds: costs }: Measured) => Math.min(...costs).toFixed(0);
  console.log(
    `| ${client} | ${ratio(propagating)} | ${ratio(least)} | ${ratio(control)} | ${best(propagating)}, ${best(least)}, ${best(plain)} |`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const rounds = Number(process.env.ROUNDS ?? 15);
const requests = Number(process.env.REQUESTS ?? 3000);
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
    console.log(`\nProcessor time ${title}, ${rounds} rounds of ${requests}, 12 headers.\n`);
    console.log(
      '| client | with / by hand | least / by hand | by hand / by hand | best of each, us |\n| --- | --- | --- | --- | --- |',
    );
    for (const each of Object.keys(clients).filter((one) => (process.env.CLIENT ?? one) === one))
      await compare(mode, each);
  }
  server.close();
  server.closeAllConnections();
}
