import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
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
import { Agent, request as undiciRequest } from 'undici';
import { Callers, startUpstream } from './header-propagation/callers.ts';
import { HEADERS } from './header-propagation/headers.ts';

// What the headers cost, by client, in processor time with propagation against the same without it, where the application
// sends the same 12 headers by hand: first of a bare call, which is the dearest case since nothing else is done; then of a
// whole service, a Nest + Fastify route that asks another service on each request. Five processes of each client serve so many
// requests in turn, in many short rounds, so that what else the machine does meets all of them; and then five new ones, several
// times: two processes of the same program differ by up to a tenth for as long as they live. Two of the five are plain: what the
// others need is divided by the mean of the two, and one of them by the other is the machine's unrest. One does what any
// propagation has to: it sends from an AsyncLocalStorage, by an interceptor that checks nothing where the client has
// interceptors. One sends no headers at all: what it does not write, nobody propagates either.
// A figure is the median over the generations; behind it are the least and the most of them.
//   npm run build && npm run bench -- header-propagation-clients
//   GENERATIONS=5 ROUNDS=40 REQUESTS=300 WARM_UP=14000 CLIENT=axios MODE=service in the environment

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

const KINDS = ['plain', 'control', 'none', 'least', 'propagating'] as const;
type Kind = (typeof KINDS)[number];

/** A caller: on each order it sends so many requests. */
function caller(client: Client, kind: Kind): Serve {
  const propagation =
    kind === 'propagating' ? new HeaderPropagation({ rules: Object.keys(HEADERS) }) : undefined;
  const captured = propagation?.extract(HEADERS);
  const send = client(propagation, kind === 'least');
  const plain = () => send(upstream, kind === 'none' ? {} : HEADERS);
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
      if (propagates || kind === 'none') return send(upstream, {});
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
  #callers: Callers | undefined;

  constructor(mode: string, client: string, kind: Kind) {
    this.#child = fork(import.meta.filename, [mode, client, kind], {
      env: { ...process.env, UPSTREAM: upstream },
    });
  }

  async start(mode: string): Promise<void> {
    if (mode !== 'service') return;
    const [url] = await once(this.#child, 'message');
    this.#callers = new Callers(url, '/page');
  }

  async measure(requests: number): Promise<number> {
    let cost = await this.#tell({ requests });
    if (this.#callers !== undefined) {
      await this.#callers.ask(requests);
      cost = await this.#tell({ requests, done: true });
    }
    return cost;
  }

  async #tell(order: object): Promise<number> {
    this.#child.send(order);
    const [answer] = await once(this.#child, 'message');
    return answer;
  }

  stop(): void {
    this.#callers?.close();
    this.#child.disconnect();
  }
}

/** The rounds of new processes: what luck one of them has with memory and its compiler is not the figure. */
async function generation(mode: string, client: string, at: number): Promise<Record<Kind, Measured>> {
  const order = rotated(KINDS, at);
  const all = order.map((kind) => new Measured(mode, client, kind));
  for (const one of all) await one.start(mode);
  // What is compiled while it runs is not part of what a request costs, and a service is compiled to the end only after
  // some 20,000 requests: two turns each.
  for (const one of [...all, ...all]) await one.measure(warmUp / 2);
  for (let round = 0; round < rounds; round++) {
    const turn = rotated(all, round >> 1);
    // A B C, then the other way round, ...: nobody gains or loses by place.
    for (const one of round % 2 === 0 ? turn : turn.toReversed())
      one.rounds.push(await one.measure(requests));
  }
  for (const one of all) one.stop();
  return Object.fromEntries(all.map((one, index) => [order[index], one])) as Record<Kind, Measured>;
}

function rotated<T>(list: readonly T[], by: number): T[] {
  return list.map((_, index) => list[(index + by) % list.length] as T);
}

async function compare(mode: string, client: string): Promise<void> {
  const all: Record<Kind, Measured>[] = [];
  for (let at = 0; at < generations; at++) all.push(await generation(mode, client, at));
  const ratio = (of: (each: Record<Kind, Measured>, round: number) => number) => {
    const medians = all.map((each) => median(each.plain.rounds.map((_, round) => of(each, round))));
    const [least, most] = [Math.min(...medians), Math.max(...medians)].map((one) => one.toFixed(2));
    return `${median(medians).toFixed(3)} (${least} to ${most})`;
  };
  const cost = (each: Record<Kind, Measured>, kind: Kind, round: number) =>
    each[kind].rounds[round] as number;
  const byHand = (each: Record<Kind, Measured>, round: number) =>
    (cost(each, 'plain', round) + cost(each, 'control', round)) / 2;
  const beside = (kind: Kind) => ratio((each, round) => cost(each, kind, round) / byHand(each, round));
  const control = ratio((each, round) => cost(each, 'control', round) / cost(each, 'plain', round));
  // The first quarter: rounds in which neither garbage was collected nor anybody else had much to do.
  const undisturbed = (kind: Kind) => median(all.map((each) => quantile(each[kind].rounds, 0.25))).toFixed(1);
  const order = ['propagating', 'least', 'control', 'plain', 'none'] as const;
  console.log(
    `| ${client} | ${beside('propagating')} | ${beside('least')} | ${control} | ${beside('none')} | ${order.map(undisturbed).join(', ')} |`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

const generations = Number(process.env.GENERATIONS ?? 5);
const rounds = Number(process.env.ROUNDS ?? 40);
const requests = Number(process.env.REQUESTS ?? 300);
const warmUp = Number(process.env.WARM_UP ?? 14_000);
let upstream = process.env.UPSTREAM ?? '';
const [, , mode, name] = process.argv;
const kind = KINDS.find((one) => one === process.argv[4]) ?? 'plain';
const client = clients[name ?? ''];
if (client !== undefined && mode === 'call') obey(caller(client, kind));
else if (client !== undefined) {
  await service(client, kind);
  obey();
} else {
  upstream = await startUpstream();
  const titles = { call: 'of a call', service: 'of a request to a service that makes a call' };
  for (const [mode, title] of Object.entries(titles)) {
    if ((process.env.MODE ?? mode) !== mode) continue;
    console.log(
      `\nProcessor time ${title}, ${generations} times five processes, ${rounds} rounds of ${requests}, 12 headers.\n`,
    );
    console.log(
      '| client | with / by hand | least / by hand | by hand / by hand | without / by hand | with, least, by hand, by hand, without, undisturbed, us |\n| --- | --- | --- | --- | --- | --- |',
    );
    for (const each of Object.keys(clients).filter((one) => (process.env.CLIENT ?? one) === one))
      await compare(mode, each);
  }
}
