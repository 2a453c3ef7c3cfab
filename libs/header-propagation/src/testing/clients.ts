import http, { Agent as HttpAgent } from 'node:http';
import axios, { Axios, type AxiosInstance, type AxiosRequestConfig } from 'axios';
import superagent from 'superagent';
import { Agent, type Dispatcher, interceptors, fetch as undiciFetch, request as undiciRequest } from 'undici';
import { propagateWithAxios } from '../clients/axios.js';
import { propagatingFetch } from '../clients/fetch.js';
import { propagationInterceptor } from '../clients/undici.js';
import type { HeaderPropagation } from '../index.js';

/** Sends a GET, follows redirects where the client does, and ends when the last answer has come. */
export type Get = (url: string, headers?: Record<string, string>) => Promise<unknown>;

type Compose = Dispatcher.DispatcherComposeInterceptor;

const composed = (...order: Compose[]) => new Agent().compose(...order);

async function viaUndici(dispatcher: Dispatcher, url: string, headers = {}): Promise<void> {
  const { body } = await undiciRequest(url, { dispatcher, headers });
  await body.dump();
}

/** Every order of some interceptors, by their names joined. */
function orders(named: Record<string, Compose>): Record<string, Compose[]> {
  const permute = (names: string[]): string[][] =>
    names.length === 0
      ? [[]]
      : names.flatMap((name) =>
          permute(names.filter((other) => other !== name)).map((rest) => [name, ...rest]),
        );
  return Object.fromEntries(
    permute(Object.keys(named)).map((order) => [
      order.join(' '),
      order.map((name) => named[name] as Compose),
    ]),
  );
}

/** undici under every order of its redirect, retry and DNS interceptors and ours. */
export function undiciClients(propagation: HeaderPropagation): Record<string, Get> {
  const ours = propagationInterceptor(propagation) as Compose;
  const redirect = interceptors.redirect({ maxRedirections: 3 });
  const retry = interceptors.retry({ minTimeout: 1, maxTimeout: 1, maxRetries: 2 });
  const all = orders({ redirect, retry, dns: interceptors.dns({ dualStack: false, affinity: 4 }), ours });
  const clients: Record<string, Get> = {};
  for (const [order, list] of Object.entries(all)) {
    const dispatcher = composed(...list);
    clients[`undici: ${order}`] = (url, headers) => viaUndici(dispatcher, url, headers);
  }
  const dispatcher = composed(ours);
  clients['undici fetch'] = (url, headers = {}) =>
    undiciFetch(url, { dispatcher, headers }).then((r) => r.text());
  // Bounded, so that later requests wait in the pool's queue.
  const narrow = new Agent({ connections: 1 }).compose(redirect, ours);
  clients['undici, one connection'] = (url, headers) => viaUndici(narrow, url, headers);
  const raw = composed(redirect, ours);
  clients['undici, raw headers'] = async (url, headers = {}) => {
    const { body } = await undiciRequest(url, { dispatcher: raw, headers: Object.entries(headers).flat() });
    await body.dump();
  };
  return clients;
}

const anInstance = (config: AxiosRequestConfig, propagation: HeaderPropagation): AxiosInstance => {
  const instance = axios.create(config);
  propagateWithAxios(propagation, instance);
  return instance;
};

/** axios by every way to choose its adapter. */
export function axiosClients(propagation: HeaderPropagation): Record<string, Get> {
  const adapters: Record<string, AxiosRequestConfig['adapter']> = {
    default: undefined,
    "'http'": 'http',
    "'fetch'": 'fetch',
    "['fetch', 'http']": ['fetch', 'http'],
    "['xhr', 'http', 'fetch']": ['xhr', 'http', 'fetch'],
    'the http function': axios.getAdapter('http'),
    'the fetch function': axios.getAdapter('fetch'),
    '[the fetch function]': [axios.getAdapter('fetch')] as never,
    'a function around fetch': (config) => axios.getAdapter('fetch')(config),
    'a function around http': (config) => axios.getAdapter('http')(config),
  };
  const ofTheClass = new Axios({ adapter: 'http' });
  propagateWithAxios(propagation, ofTheClass);
  const others = { 'an Axios of the class': (url: string, headers = {}) => ofTheClass.get(url, { headers }) };
  const named = Object.fromEntries(
    Object.entries(adapters).map(([name, adapter]) => {
      const instance = anInstance(adapter === undefined ? {} : { adapter }, propagation);
      return [
        `axios, adapter ${name}`,
        ((url, headers = {}) => instance.get(url, { headers })) satisfies Get,
      ];
    }),
  );
  return { ...named, ...others };
}

export function fetchClients(propagation: HeaderPropagation): Record<string, Get> {
  const own = propagatingFetch(propagation);
  // What msw, an instrumentation or a wrapper of one's own puts in the place of fetch.
  const before = globalThis.fetch;
  const foreign = propagatingFetch(propagation, (...args) => before(...args));
  const dispatcher = new Agent().compose(interceptors.redirect({ maxRedirections: 3 }));
  const undicis = propagatingFetch(propagation, undiciFetch as never);
  return {
    'a propagating fetch': (url, headers = {}) => own(url, { headers }).then((r) => r.text()),
    'a fetch of a Request': (url, headers = {}) => own(new Request(url, { headers })).then((r) => r.text()),
    'another fetch': (url, headers = {}) => foreign(url, { headers }).then((r) => r.text()),
    'another fetch of a Request': (url, headers = {}) =>
      foreign(new Request(url, { headers })).then((r) => r.text()),
    "undici's fetch with a dispatcher": (url, headers = {}) =>
      undicis(url, { headers, dispatcher } as never).then((r) => r.text()),
    "undici's fetch": (url, headers = {}) => undicis(url, { headers }).then((r) => r.text()),
  };
}

/** What sends through `node:http` once `propagateNodeHttp` is in force; superagent and axios follow redirects. */
export function nodeHttpClients(): Record<string, Get> {
  const plain = axios.create();
  const agent = new HttpAgent({ keepAlive: true });
  const get = (url: string, options: http.RequestOptions) =>
    new Promise((resolve, reject) =>
      http.get(url, options, (response) => response.resume().on('end', resolve)).on('error', reject),
    );
  return {
    // It sends when it is first awaited.
    superagent: async (url, headers = {}) => await superagent.get(url).set(headers),
    'axios as it is': (url, headers = {}) => plain.get(url, { headers }),
    'http.get': (url, headers = {}) => get(url, { headers }),
    'http.get with an agent': (url, headers = {}) => get(url, { headers, agent }),
    'http.get with Expect': (url, headers = {}) =>
      get(url, { headers: { ...headers, Expect: '100-continue' } }),
    'http.get with raw headers': (url, headers = {}) =>
      get(url, { headers: ['Host', new URL(url).host, ...Object.entries(headers).flat()] }),
  };
}
