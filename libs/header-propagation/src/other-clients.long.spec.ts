import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EchoServer, type Received, startEchoServer } from './testing/echo-server.js';
import { install, pack } from './testing/packed.js';

const run = promisify(execFile);

/** Clients that people use beside those that are connected by name, by how one request is sent with each. */
const PACKAGES = [
  ...['got', 'ky', 'ofetch', 'wretch', 'needle', 'follow-redirects', 'make-fetch-happen', 'cross-fetch'],
  ...['node-fetch@3', 'node-fetch-2@npm:node-fetch@2', '@cypress/request', '@hapi/wreck', 'superagent'],
  ...['axios', 'undici@7'],
];

const SERVICE = `
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import { ofetch } from 'ofetch';
import wretch from 'wretch';
import needle from 'needle';
import follow from 'follow-redirects';
import makeFetchHappen from 'make-fetch-happen';
import crossFetch from 'cross-fetch';
import nodeFetch from 'node-fetch';
import nodeFetch2 from 'node-fetch-2';
import request from '@cypress/request';
import Wreck from '@hapi/wreck';
import superagent from 'superagent';
import { Agent, RetryAgent, fetch as undiciFetch, interceptors, request as undiciRequest, setGlobalDispatcher } from 'undici';
import { HeaderPropagation } from '@grayscale/header-propagation';
import { propagateWithAxios } from '@grayscale/header-propagation/axios';
import { propagateGlobalFetch, propagatingFetch } from '@grayscale/header-propagation/fetch';
import { propagateNodeHttp } from '@grayscale/header-propagation/node-http';
import { propagationInterceptor } from '@grayscale/header-propagation/undici';

const [, , group] = process.argv;
const propagation = new HeaderPropagation({ rules: ['user', 'x-several', { baggage: 'tenant' }], targets: ['127.0.0.1'] });
const followed = (url) => new Promise((resolve, reject) => follow.http.get(url, (r) => r.resume().on('end', resolve)).on('error', reject));
const requested = (url) => new Promise((resolve, reject) => request(url, (error) => (error ? reject(error) : resolve())));
const senders = {
  got: (url) => got(url, { retry: { limit: 1, backoffLimit: 1 } }).text(),
  ky: (url) => ky(url, { retry: { limit: 1, delay: () => 1 } }).text(),
  ofetch: (url) => ofetch(url, { retry: 1, retryDelay: 1 }),
  wretch: (url) => wretch(url).get().text(),
  needle: (url) => needle('get', url, { follow_max: 5 }),
  'follow-redirects': followed,
  'make-fetch-happen': (url) => makeFetchHappen(url, { retry: { retries: 1, minTimeout: 1, maxTimeout: 1 } }).then((r) => r.text()),
  'cross-fetch': (url) => crossFetch(url).then((r) => r.text()),
  'node-fetch 3': (url) => nodeFetch(url).then((r) => r.text()),
  'node-fetch 2': (url) => nodeFetch2(url).then((r) => r.text()),
  '@cypress/request': requested,
  '@hapi/wreck': (url) => Wreck.get(url, { redirects: 5 }),
  superagent: async (url) => await superagent.get(url),
};
const adapterOver = (send) => async (config) => {
  const response = await send(config.url, Object.fromEntries(Object.entries(config.headers)));
  return { data: await response.text(), status: response.status, statusText: '', headers: {}, config };
};
const byAdapter = (send) => {
  const instance = axios.create({ adapter: adapterOver(send) });
  propagateWithAxios(propagation, instance);
  return (url) => instance.get(url);
};
const byFetch = (fetch) => {
  const propagating = propagatingFetch(propagation, fetch);
  return (url) => propagating(url).then((r) => r.text());
};
const groups = {
  patched: senders,
  adapters: {
    'axios over node-fetch 3': byAdapter((url, headers) => nodeFetch(url, { headers })),
    'axios over node-fetch 2': byAdapter((url, headers) => nodeFetch2(url, { headers })),
    'axios over make-fetch-happen': byAdapter((url, headers) => makeFetchHappen(url, { headers })),
    'axios over fetch': byAdapter((url, headers) => fetch(url, { headers })),
    "axios over undici's fetch": byAdapter((url, headers) => undiciFetch(url, { headers })),
    'axios over got': byAdapter((url, headers) => got(url, { headers }).then(({ body, statusCode }) => ({ status: statusCode, text: () => body }))),
    'axios over @hapi/wreck': byAdapter((url, headers) => Wreck.get(url, { headers, redirects: 5 }).then(({ payload }) => ({ status: 200, text: () => String(payload) }))),
  },
  fetches: {
    'node-fetch 3, propagating': byFetch(nodeFetch),
    'node-fetch 2, propagating': byFetch(nodeFetch2),
    'make-fetch-happen, propagating': byFetch(makeFetchHappen),
    "undici's fetch, propagating": byFetch(undiciFetch),
    'ky over a propagating fetch': (url) => ky(url, { fetch: propagatingFetch(propagation) }).text(),
  },
  dispatchers: Object.fromEntries(
    Object.entries({
      'RetryAgent around ours': new RetryAgent(new Agent().compose(propagationInterceptor(propagation)), { minTimeout: 1 }).compose(interceptors.redirect({ maxRedirections: 5 })),
      'ours around a RetryAgent': new RetryAgent(new Agent().compose(interceptors.redirect({ maxRedirections: 5 })), { minTimeout: 1 }).compose(propagationInterceptor(propagation)),
      'ours around a cache': new Agent().compose(interceptors.redirect({ maxRedirections: 5 }), interceptors.cache(), propagationInterceptor(propagation)),
      'a cache around ours': new Agent().compose(propagationInterceptor(propagation), interceptors.cache(), interceptors.redirect({ maxRedirections: 5 })),
    }).map(([name, dispatcher]) => [name, (url) => undiciRequest(url, { dispatcher }).then(({ body }) => body.dump())]),
  ),
};
if (group === 'patched') {
  propagateNodeHttp(propagation);
  propagateGlobalFetch(propagation);
}
// A pool of one connection: requests wait for each other, and are built in the context of another.
if (group === 'adapters') setGlobalDispatcher(new Agent({ connections: 1 }));
const { UPSTREAM: inside } = process.env;
const outside = inside.replace('127.0.0.1', 'localhost');
const redirect = (from, to, status) => from + '/redirect?status=' + status + '&to=' + encodeURIComponent(to);
for (const [name, send] of Object.entries(groups[group])) {
  const tag = '?client=' + name.replace(/\\W+/g, '-');
  const key = (text) => '&key=' + encodeURIComponent(name + text);
  const inRequest = (url) => propagation.runWith({ user: 'ours', 'x-several': ['1', '2'], baggage: 'tenant=acme' }, () => send(url)).catch(() => undefined);
  await inRequest(inside + '/' + tag);
  for (const status of [301, 302, 303, 307, 308]) await inRequest(redirect(inside, outside + '/' + tag, status));
  await inRequest(redirect(inside, redirect(outside, inside + '/' + tag, 302), 302));
  await inRequest(inside + '/flaky' + tag + key('1'));
  await inRequest(redirect(inside, outside + '/flaky' + tag + key('2'), 302));
  await Promise.all([1, 2, 3].map((n) => inRequest(redirect(inside, outside + '/' + tag + '&n=' + n, 307))));
}
process.exit();
`;

let folder: string;
let cwd: string;
let upstream: EchoServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'other-clients-'));
  cwd = await install(folder, 'service', [await pack(folder), ...PACKAGES]);
  await writeFile(join(cwd, 'service.mjs'), SERVICE);
  upstream = await startEchoServer();
}, 300_000);
afterAll(async () => {
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

const clientOf = ({ url }: Received) =>
  /client=([\w-]+)/.exec(decodeURIComponent(decodeURIComponent(url)))?.[1];
const isOutside = ({ headers }: Received) => headers.host?.[0]?.startsWith('localhost');
const hasOurs = ({ headers }: Received) => /ours|tenant=acme|x-mark-/.test(JSON.stringify(headers));

it.each(['patched', 'adapters', 'fetches', 'dispatchers'])(
  'no client takes anything out of the targets: %s',
  async (group) => {
    upstream.received.length = 0;
    const { stderr } = await run(process.execPath, ['service.mjs', group], {
      cwd,
      env: { ...process.env, UPSTREAM: upstream.url },
    });
    expect(stderr).toBe('');
    const clients = [...new Set(upstream.received.map(clientOf))];
    const count = (client: string | undefined, test: (request: Received) => boolean | undefined) =>
      upstream.received.filter((request) => clientOf(request) === client && test(request)).length;
    const rows = clients.map((client) => [
      client,
      count(client, (request) => !isOutside(request) && hasOurs(request)) > 0,
      count(client, isOutside) > 0,
      count(client, (request) => isOutside(request) && hasOurs(request)),
    ]);
    process.stdout.write(
      `${group}: ${upstream.received.length} requests of ${clients.length} clients: ${clients.join(', ')}\n`,
    );
    // Sent to a target, asked for outside, and nothing leaked.
    expect(rows).toEqual(clients.map((client) => [client, true, true, 0]));
    expect(clients.length).toBeGreaterThan(3);
  },
  120_000,
);
