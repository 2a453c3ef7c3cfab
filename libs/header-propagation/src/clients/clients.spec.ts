import http, { type ClientRequest, Agent as HttpAgent } from 'node:http';
import https from 'node:https';
import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { firstValueFrom } from 'rxjs';
import { Agent, Pool, fetch as undiciFetch, request as undiciRequest } from 'undici';
import { encodeFieldValue, HeaderPropagation } from '../index.js';
import { certificate, type EchoServer, type Received, startEchoServer } from '../testing/echo-server.js';
import { propagateWithAxios } from './axios.js';
import { propagateGlobalFetch, propagatingFetch } from './fetch.js';
import { propagateNodeHttp } from './node-http.js';
import { propagationInterceptor } from './undici.js';

const propagation = new HeaderPropagation({
  rules: ['user', 'x-several', { baggage: 'tenant' }],
  targets: ['127.0.0.1', 'hello.com'],
});
const user = encodeFieldValue('张三');
const incoming = { user: '张三', 'x-several': ['1', '2'], baggage: 'tenant=acme,other=1' };

let echo: EchoServer;
let secure: EchoServer;
/** The same machine under a name that is not among the targets. */
let outside: string;

beforeAll(async () => {
  [echo, secure] = await Promise.all([startEchoServer(), startEchoServer({ tls: true })]);
  outside = echo.url.replace('127.0.0.1', 'localhost');
});
afterAll(() => Promise.all([echo.close(), secure.close()]));
beforeEach(() => {
  echo.received.length = 0;
});

type Send = (url: string, headers?: Record<string, string>) => Promise<Received>;

const throughHttp = (start: (done: (response: http.IncomingMessage) => void) => ClientRequest) =>
  new Promise<Received>((resolve, reject) => {
    const request = start((response) => {
      let text = '';
      response.on('data', (data) => {
        text += data;
      });
      response.on('end', () => resolve(text === '' ? (undefined as never) : JSON.parse(text)));
    });
    request.on('error', reject).end();
  });

const axiosInstance = axios.create();
const axiosWithFetch = axios.create({ adapter: 'fetch' });
const httpService = new HttpService(axios.create());
const dispatcher = new Agent().compose(propagationInterceptor(propagation));
const myFetch = propagatingFetch(propagation);
const undo: (() => void)[] = [];

beforeAll(() => {
  for (const instance of [axiosInstance, axiosWithFetch, httpService.axiosRef]) {
    undo.push(propagateWithAxios(propagation, instance));
  }
});
afterAll(() => {
  for (const one of undo) one();
  return dispatcher.close();
});

const optionsOf = (url: string, headers = {}) => {
  const { hostname, port, pathname, search } = new URL(url);
  return { hostname, port, path: pathname + search, headers };
};

const clients: Record<string, Send> = {
  axios: async (url, headers = {}) => (await axiosInstance.get(url, { headers })).data,
  'axios with a baseURL': async (url, headers = {}) =>
    (await axiosInstance.post('/path', 'body', { baseURL: url, headers })).data,
  'axios over fetch': async (url, headers = {}) => (await axiosWithFetch.get(url, { headers })).data,
  HttpService: async (url, headers = {}) => (await firstValueFrom(httpService.get(url, { headers }))).data,
  'a propagating fetch': async (url, headers = {}) => (await myFetch(url, { headers })).json() as never,
  'fetch with a Request': async (url, headers = {}) =>
    (await myFetch(new Request(url, { headers }))).json() as never,
  'undici request': async (url, headers = {}) =>
    (await undiciRequest(url, { dispatcher, headers })).body.json() as never,
  'undici request with raw headers': async (url, headers = {}) =>
    (await undiciRequest(url, { dispatcher, headers: Object.entries(headers).flat() })).body.json() as never,
  'undici fetch': async (url, headers = {}) =>
    (await undiciFetch(url, { dispatcher, headers })).json() as never,
};

const patched: Record<string, Send> = {
  'global fetch': async (url, headers = {}) => (await fetch(url, { headers })).json() as never,
  'http.get(string)': (url, headers) =>
    throughHttp((done) => (headers ? http.get(url, { headers }, done) : http.get(url, done))),
  'http.get(URL)': (url, headers) =>
    throughHttp((done) =>
      headers ? http.get(new URL(url), { headers }, done) : http.get(new URL(url), done),
    ),
  'http.request(string)': (url, headers = {}) => throughHttp((done) => http.request(url, { headers }, done)),
  'http.request(URL, options)': (url, headers = {}) =>
    throughHttp((done) => http.request(new URL(url), { headers, method: 'POST' }, done)),
  'http.request(options)': (url, headers) =>
    throughHttp((done) => http.request(optionsOf(url, headers), done)),
  'http.request(options) with an agent': (url, headers) =>
    throughHttp((done) => http.request({ ...optionsOf(url, headers), agent: new HttpAgent() }, done)),
  'http.request with raw headers': (url, headers = {}) =>
    throughHttp((done) =>
      http.request(url, { headers: ['host', new URL(url).host, ...Object.entries(headers).flat()] }, done),
    ),
};

const inRequest = <T>(fn: () => T): T => propagation.runWith(incoming, fn);

function casesFor(names: Record<string, Send>) {
  describe.each(Object.keys(names))('%s', (name) => {
    const send = names[name] as Send;

    it('sends on the headers, several values and bytes as they are', async () => {
      const { headers } = await inRequest(() => send(`${echo.url}/hello`));
      const several = (headers['x-several'] ?? []).flatMap((value) => value.split(', '));
      expect([headers.user, several, headers.baggage]).toEqual([[user], ['1', '2'], ['tenant=acme']]);
    });

    it('leaves what the application set, in any letter case', async () => {
      const own = { USER: 'mine', 'X-Several': '', Baggage: 'x=1' };
      const { headers } = await inRequest(() => send(`${echo.url}/hello`, own));
      expect([headers.user, headers['x-several'], headers.baggage]).toEqual([
        ['mine'],
        [''],
        ['x=1,tenant=acme'],
      ]);
    });

    it('gives nothing to a host that is not a target', async () => {
      const { headers } = await inRequest(() => send(`${outside}/hello`));
      expect(Object.keys(headers)).toEqual(expect.not.arrayContaining(['user', 'x-several', 'baggage']));
    });

    it('adds nothing outside a request', async () => {
      const { headers } = await send(`${echo.url}/hello`);
      expect(Object.keys(headers)).toEqual(expect.not.arrayContaining(['user', 'x-several', 'baggage']));
    });
  });
}

describe('one instance', () => casesFor(clients));

describe('all of the process', () => {
  beforeAll(() => {
    undo.push(propagateGlobalFetch(propagation), propagateNodeHttp(propagation));
  });
  casesFor(patched);

  it('https.request and https.get send them too', async () => {
    const ca = certificate();
    const viaRequest = await inRequest(() => throughHttp((done) => https.request(secure.url, { ca }, done)));
    const viaGet = await inRequest(() => throughHttp((done) => https.get(new URL(secure.url), { ca }, done)));
    expect([viaRequest.headers.user, viaGet.headers.user]).toEqual([[user], [user]]);
  });

  it('a request in absolute-form is meant for the host in its path, not for the proxy', async () => {
    const proxied = (path: string) =>
      inRequest(() =>
        throughHttp((done) => http.request({ host: '127.0.0.1', port: echo.port, path }, done)),
      );
    expect((await proxied('http://hello.com/hello')).headers.user).toEqual([user]);
    expect((await proxied('http://evil.com/hello')).headers.user).toBeUndefined();
  });

  it('is undone: the functions are the ones they were', async () => {
    const patched = [globalThis.fetch, http.request, http.get, https.request, https.get];
    for (const one of undo.splice(-2)) one();
    const restored = [globalThis.fetch, http.request, http.get, https.request, https.get];
    expect(restored.map((fn, index) => fn === patched[index])).toEqual([false, false, false, false, false]);
    const { headers } = await inRequest(() => throughHttp((done) => http.get(echo.url, done)));
    expect(headers.user).toBeUndefined();
  });
});

describe('a redirect', () => {
  const followers = { ...clients } as Record<string, Send>;
  // undici's request() follows no redirect, and a POST would lose its body.
  for (const name of ['undici request', 'undici request with raw headers', 'axios with a baseURL'])
    delete followers[name];

  it.each(Object.keys(followers))('out of the targets takes nothing along: %s', async (name) => {
    const url = `${echo.url}/redirect?to=${encodeURIComponent(`${outside}/hello`)}`;
    await inRequest(() => (followers[name] as Send)(url));
    expect(echo.received.map(({ headers }) => [headers.user, headers.baggage])).toEqual([
      [[user], ['tenant=acme']],
      [undefined, undefined],
    ]);
  });

  it.each(Object.keys(followers))('among the targets keeps them: %s', async (name) => {
    const url = `${echo.url}/redirect?to=${encodeURIComponent(`${echo.url}/hello`)}`;
    await inRequest(() => (followers[name] as Send)(url));
    expect(echo.received.map(({ headers }) => headers.user)).toEqual([[user], [user]]);
  });
});

describe('an undici Pool', () => {
  // undici 7 does not tell an interceptor where a Pool connects; 8 does.
  const asUndici7 = (dispatch: Agent['dispatch']): Agent['dispatch'] => {
    return ({ origin: _, ...options }, handler) => dispatch(options, handler);
  };

  it('is told where it connects', async () => {
    const pool = new Pool(echo.url);
    const send = (settings?: { origin: string }) =>
      inRequest(async () => {
        const composed = pool.compose(propagationInterceptor(propagation, settings), asUndici7);
        const { body } = await composed.request({ path: '/hello', method: 'GET' });
        return (await body.json()) as Received;
      });
    expect((await send({ origin: echo.url })).headers.user).toEqual([user]);
    expect((await send({ origin: outside })).headers.user).toBeUndefined();
    expect((await send()).headers.user).toBeUndefined();
    await pool.close();
  });
});
