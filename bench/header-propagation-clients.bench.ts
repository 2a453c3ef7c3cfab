import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get as httpGet } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { HeaderPropagation } from '@grayscale/header-propagation';
import { propagateWithAxios } from '@grayscale/header-propagation/axios';
import { propagateGlobalFetch } from '@grayscale/header-propagation/fetch';
import { propagateNodeHttp } from '@grayscale/header-propagation/node-http';
import { propagationInterceptor } from '@grayscale/header-propagation/undici';
import axios from 'axios';
import { Agent, request as undiciRequest } from 'undici';
import { HEADERS } from './header-propagation/headers.ts';

// What the headers cost a caller: processor time of one request by each client with propagation against the same without
// it, within a request that brought 12 headers. Three processes for each client, of which two are plain, send so many
// requests each in turn; the median of the rounds' ratios is the figure, and plain against plain is the machine's unrest.
//   npm run build && npm run bench -- header-propagation-clients        ROUNDS=15 REQUESTS=3000 CLIENT=axios in the environment

/** Sends one request and reads the answer. The headers that a plain client sends are the same, set by hand. */
type Send = (url: string, headers: Readonly<Record<string, string>>) => Promise<unknown>;

/** A client, with propagation where there is one. */
type Client = (propagation: HeaderPropagation | undefined) => Send;

const clients: Readonly<Record<string, Client>> = {
  axios: (propagation) => {
    const instance = axios.create();
    if (propagation) propagateWithAxios(propagation, instance);
    return (url, headers) => instance.get(url, { headers });
  },
  fetch: (propagation) => {
    if (propagation) propagateGlobalFetch(propagation);
    return async (url, headers) => await (await fetch(url, { headers })).text();
  },
  undici: (propagation) => {
    const agent = new Agent();
    const dispatcher = propagation ? agent.compose(propagationInterceptor(propagation)) : agent;
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

interface Order {
  url: string;
  requests: number;
}

/** A caller: on each order it sends so many requests, some at a time, and reports the processor time of one, in microseconds. */
function call(client: Client, propagates: boolean): void {
  const propagation = propagates ? new HeaderPropagation({ rules: Object.keys(HEADERS) }) : undefined;
  const captured = propagation?.extract(HEADERS);
  const send = client(propagation);
  process.on('message', async ({ url, requests }: Order) => {
    const before = process.cpuUsage();
    let left = requests;
    const work = async () => {
      while (left-- > 0) {
        if (propagation === undefined || captured === undefined) await send(url, HEADERS);
        else await propagation.run(captured, () => send(url, {}));
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    const { user, system } = process.cpuUsage(before);
    process.send?.((user + system) / requests);
  });
  process.on('disconnect', () => process.exit());
}

class Caller {
  readonly rounds: number[] = [];
  private readonly child: ChildProcess;

  constructor(client: string, kind: string) {
    this.child = fork(import.meta.filename, [client, kind]);
  }

  async measure(order: Order): Promise<number> {
    this.child.send(order);
    const [cost] = await once(this.child, 'message');
    return cost as number;
  }

  stop(): void {
    this.child.disconnect();
  }
}

async function compare(client: string, url: string): Promise<void> {
  const callers = ['plain', 'plain', 'propagating'].map((kind) => new Caller(client, kind));
  const [plain, control, propagating] = callers as [Caller, Caller, Caller];
  for (const caller of callers) await caller.measure({ url, requests });
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < callers.length; turn++) {
      // A B C, then the other way round from B, ...: nobody gains or loses by place.
      const at = round % 2 === 0 ? round + turn : round - turn + callers.length;
      const caller = callers[at % callers.length] as Caller;
      caller.rounds.push(await caller.measure({ url, requests }));
    }
  }
  for (const caller of callers) caller.stop();
  const ratio = (one: Caller) =>
    median(one.rounds.map((cost, at) => cost / (plain.rounds[at] as number))).toFixed(3);
  const best = ({ rounds: costs }: Caller) => Math.min(...costs).toFixed(0);
  console.log(
    `| ${client} | ${ratio(propagating)} | ${ratio(control)} | ${best(propagating)} against ${best(plain)} |`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const rounds = Number(process.env.ROUNDS ?? 15);
const requests = Number(process.env.REQUESTS ?? 3000);
const [, , name, kind] = process.argv;
const client = clients[name ?? ''];
if (client !== undefined && kind !== undefined) call(client, kind === 'propagating');
else {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hello`;
  console.log(`Processor time of a request, ${rounds} rounds of ${requests} requests, 12 headers.\n`);
  console.log(
    '| client | with / without | without / without | best of each, us |\n| --- | --- | --- | --- |',
  );
  for (const each of Object.keys(clients).filter((one) => (process.env.CLIENT ?? one) === one))
    await compare(each, url);
  server.close();
  server.closeAllConnections();
}
