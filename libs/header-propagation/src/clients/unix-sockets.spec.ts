import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { Agent as HttpAgent } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import superagent from 'superagent';
import { Agent, Client, type Dispatcher, interceptors, Pool } from 'undici';
import { certificate, type EchoServer, startEchoServer } from '../testing/echo-server.js';
import { nodesAgent } from '../testing/nodes-agent.js';
import { hasOurs, inRequest, propagation } from '../testing/upstream.js';
import { propagateWithAxios } from './axios.js';
import { propagatingFetch } from './fetch.js';
import { propagateNodeHttp } from './node-http.js';
import { propagationInterceptor } from './undici.js';

let unix: EchoServer;
let socketPath: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hp-'));
  socketPath = join(folder, 's');
  unix = await startEchoServer({ path: socketPath });
});
afterAll(async () => {
  await unix.close();
  rmSync(folder, { recursive: true });
});

describe('a Unix socket gets nothing, whatever the host of the URL', () => {
  const url = 'http://127.0.0.1/hello';
  const ours = propagationInterceptor(propagation) as Dispatcher.DispatcherComposeInterceptor;
  const redirecting = interceptors.redirect({ maxRedirections: 2 });
  const httpGet = (options: http.RequestOptions) =>
    new Promise((resolve, reject) =>
      http.get(options, (response) => response.resume().on('end', resolve)).on('error', reject),
    );
  const instance = axios.create();
  propagateWithAxios(propagation, instance);
  const intercepted = axios.create();
  intercepted.interceptors.request.use((config) => ({ ...config, socketPath }));
  propagateWithAxios(propagation, intercepted);
  const sends: Record<string, () => Promise<unknown>> = {
    'axios socketPath': () => instance.get(url, { socketPath }),
    'axios, an interceptor that sets it': () => intercepted.get(url),
    'axios with an agent': () => instance.get(url, { httpAgent: new HttpAgent({ socketPath } as never) }),
    'undici Agent': () => via(new Agent({ connect: { socketPath } }).compose(ours)),
    'undici Agent with redirects': () =>
      via(new Agent({ connect: { socketPath } }).compose(redirecting, ours)),
    'undici Agent, a body': () => via(new Agent({ connect: { socketPath } }).compose(ours), 'body'),
    'undici Pool': () => via(new Pool('http://127.0.0.1', { socketPath }).compose(ours)),
    'undici Client': () => via(new Client('http://127.0.0.1', { socketPath }).compose(ours)),
    fetch: () =>
      propagatingFetch(propagation)(url, {
        dispatcher: nodesAgent({ connect: { socketPath } }),
      } as never).then((r) => r.text()),
    'http.get': () => httpGet({ host: '127.0.0.1', path: '/', socketPath }),
    'http.get with an agent': () =>
      httpGet({ host: '127.0.0.1', agent: new HttpAgent({ socketPath } as never) }),
    superagent: async () => await superagent.get(`http+unix://${socketPath.replaceAll('/', '%2F')}/hello`),
  };
  /** Three on one connection: undici knows the socket before it builds the later ones. */
  async function via(dispatcher: Dispatcher, body?: string): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      const method = body === undefined ? 'GET' : 'POST';
      const answer = await dispatcher.request({
        origin: 'http://127.0.0.1',
        path: '/',
        method,
        ...(body ? { body } : {}),
      });
      await answer.body.dump();
    }
    await dispatcher.close();
  }
  it.each(Object.keys(sends))('%s', async (name) => {
    unix.received.length = 0;
    const undo = propagateNodeHttp(propagation);
    await inRequest(sends[name] as () => Promise<unknown>).finally(undo);
    expect(unix.received.length).toBeGreaterThan(0);
    expect(unix.received.filter(hasOurs)).toEqual([]);
  });
});

describe('HTTP/2 by undici', () => {
  const seen: unknown[] = [];
  const server = createSecureServer(
    { key: readFileSync(new URL('../testing/key.pem', import.meta.url)), cert: certificate() },
    (request, response) => {
      seen.push([request.httpVersion, request.headers.user, request.headers.mine, hasOurs(request.headers)]);
      response.end();
    },
  );
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const ask = async (origin: string, connect: object) => {
    const ours = propagationInterceptor(propagation) as Dispatcher.DispatcherComposeInterceptor;
    const agent = new Agent({ allowH2: true, connect: { rejectUnauthorized: false, ...connect } });
    const dispatcher = agent.compose(ours);
    seen.length = 0;
    for (let turn = 0; turn < 3; turn++) {
      const options = { origin, path: '/', method: 'GET', headers: { mine: 'kept' } } as const;
      const { body } = await inRequest(() => dispatcher.request(options));
      await body.dump();
    }
    await agent.close();
    return seen;
  };

  it('gives a target what it has', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const one = ['2.0', 'ours', 'kept', true];
    expect(await ask(`https://127.0.0.1:${port}`, {})).toEqual([one, one, one]);
  });

  it('gives a Unix socket nothing', async () => {
    const path = join(folder, 'h2');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const one = ['2.0', undefined, 'kept', false];
    expect(await ask('https://127.0.0.1', { socketPath: path })).toEqual([one, one, one]);
  });
});
