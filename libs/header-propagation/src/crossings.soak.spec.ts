import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, installNodes, pack, run } from './testing/packed.js';

/** How many requests each Node is asked. */
const REQUESTS = 100_000;
const NODES = ['22', '24'];

/** A service between a load and an upstream in one process: each answer has to come back with its own user. */
const SERVICE = `
import http from 'node:http';
import axios from 'axios';
import { Agent, interceptors, request } from 'undici';
import { HeaderPropagation } from '@grayscale/header-propagation';
import { propagateWithAxios } from '@grayscale/header-propagation/axios';
import { propagateGlobalFetch } from '@grayscale/header-propagation/fetch';
import { propagateNodeHttp } from '@grayscale/header-propagation/node-http';
import { captureMiddleware } from '@grayscale/header-propagation/server';
import { propagationInterceptor } from '@grayscale/header-propagation/undici';

const listen = (handler) => new Promise((resolve) => {
  // A server that ends an idle connection while a request comes in over it, as any may, fails that request: it keeps them.
  const server = http.createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, handler).listen(0, '127.0.0.1', () => resolve('http://127.0.0.1:' + server.address().port));
});
let asked = 0;
// One in twenty is redirected, one in thirty is refused once: undici follows and tries again.
const upstream = await listen((req, res) => {
  asked += 1;
  if (req.url === '/u' && asked % 20 === 0) return res.writeHead(302, { location: '/again' }).end();
  if (req.url === '/u' && asked % 30 === 1) return res.writeHead(503).end();
  res.end(req.headers.user ?? '');
});
const propagation = new HeaderPropagation({ rules: [{ query: 'name', to: 'user' }] });
const load = new Agent({ connections: 64 });
const ours = propagationInterceptor(propagation);
const retry = interceptors.retry({ minTimeout: 1, maxTimeout: 2, maxRetries: 5 });
const redirect = interceptors.redirect({ maxRedirections: 2 });
const inner = new Agent({ connections: 8 }).compose(ours, redirect, retry);
const outer = new Agent({ connections: 8 }).compose(redirect, retry, ours);
const instance = axios.create({ httpAgent: new http.Agent({ keepAlive: true, maxSockets: 8 }), responseType: 'text' });
propagateWithAxios(propagation, instance);
propagateGlobalFetch(propagation);
propagateNodeHttp(propagation);
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const clients = [
  () => request(upstream + '/u', { dispatcher: inner }).then(({ body }) => body.text()),
  () => request(upstream + '/u', { dispatcher: outer }).then(({ body }) => body.text()),
  () => fetch(upstream + '/f').then((response) => response.text()),
  () => instance.get(upstream + '/a').then(({ data }) => data),
  () => new Promise((resolve, reject) => http.get(upstream + '/h', { agent }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (data) => { text += data; }).on('end', () => resolve(text));
  }).on('error', reject)),
];
const capture = captureMiddleware(propagation);
let turn = 0;
const service = await listen((req, res) => capture(req, res, () => {
  const call = clients[turn++ % clients.length];
  const wait = turn % 3 === 0 ? new Promise(setImmediate) : turn % 3 === 1 ? new Promise((r) => setTimeout(r, 1)) : undefined;
  Promise.resolve(wait).then(call).then((text) => res.end(text), (error) => res.writeHead(500).end(String(error)));
}));
let sent = 0, crossings = 0, missing = 0, failed = 0;
const errors = new Set();
const worker = async () => {
  for (let id = sent++; id < ${REQUESTS}; id = sent++) {
    // Every ninth brings nobody, and has to come back with nobody.
    const user = id % 9 === 0 ? '' : 'user-' + id;
    const { statusCode, body } = await request(service + '/?name=' + user, { dispatcher: load });
    const answer = await body.text();
    if (statusCode !== 200) {
      failed += 1;
      errors.add(statusCode + ' ' + answer);
    } else if (answer === '' && user !== '') missing += 1;
    else if (answer !== user) crossings += 1;
  }
};
await Promise.all(Array.from({ length: 64 }, worker));
console.log(JSON.stringify({ node: process.version, requests: ${REQUESTS}, crossings, missing, failed, errors: [...errors] }));
process.exit(0);
`;

let folder: string;
let cwd: string;
let nodes: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crossings-'));
  cwd = await install(folder, 'service', [await pack(folder), 'undici@7', 'axios']);
  nodes = await installNodes(folder, NODES);
  await writeFile(join(cwd, 'service.mjs'), SERVICE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(NODES)('100,000 interleaved requests on Node %s come back with their own user', async (node) => {
  const { stdout } = await run(nodes[node] as string, ['service.mjs'], { cwd });
  process.stdout.write(stdout);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ requests: REQUESTS, crossings: 0, missing: 0, failed: 0, errors: [] },
  });
});
