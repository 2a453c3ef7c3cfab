import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, pack, run } from './testing/packed.js';

// What the README's comparison says of others, cell by cell: each is installed and tried. Of ASP.NET Core, which is not for
// Node, its documentation and source are what is compared.

/** What every one of them is tried with: an upstream that keeps what it was sent, and a way to ask it. */
const BENCH = `
const http = require('node:http');
const seen = [];
const upstream = http.createServer((request, response) => {
  seen.push(request);
  response.end();
}).listen(0, '127.0.0.1', () => main());
const address = (host = '127.0.0.1') => ({ host, port: upstream.address().port });
const url = () => 'http://127.0.0.1:' + upstream.address().port + '/';
const get = (...args) => new Promise((resolve, reject) => http.get(...args, (response) => response.resume().on('end', resolve)).on('error', reject));
const within = (work) => Promise.race([work, new Promise((resolve) => setTimeout(resolve, 500, 'no callback'))]);
const sent = (name) => seen.at(-1)?.headersDistinct[name] ?? [];
const say = (results) => { console.log(JSON.stringify(results)); process.exit(); };
`;

const SERVICES = {
  hpropagate: `
require('hpropagate')({ headersToPropagate: ['user', 'x-large'] });
${BENCH}
const main = async () => {
  const results = {};
  await get(address());
  results.outside = sent('user');
  const service = http.createServer(async (request, response) => {
    await get(address());
    Object.assign(results, { user: sent('user'), large: sent('x-large')[0].length, correlation: sent('x-correlation-id').length });
    await get(address('localhost'));
    results.anyHost = sent('user');
    await get({ ...address(), headers: { user: 'mine' } });
    results.applications = sent('user');
    await fetch(url());
    results.fetch = sent('user');
    results.callback = await within(get(new URL(url()), { headers: { 'x-option': 'o' } }).then(() => 'called'));
    Object.assign(results, { option: sent('x-option'), userWithUrl: sent('user') });
    response.end();
  }).listen(0, '127.0.0.1', async () => {
    await get({ host: '127.0.0.1', port: service.address().port, headers: { user: 'caller', 'x-large': 'x'.repeat(10_000) } });
    say(results);
  });
};
`,
  'nestjs-cls': `
const { ClsModule, ClsServiceManager } = require('nestjs-cls');
${BENCH}
const main = async () => {
  const cls = ClsServiceManager.getClsService();
  const results = { outside: cls.get('user') ?? 'undefined' };
  try { cls.set('user', 'x'); } catch { results.setOutside = 'throws'; }
  await cls.run(async () => {
    cls.set('user', 'caller');
    await get(address());
    results.sent = sent('user');
    results.store = cls.get('user');
  });
  results.id = typeof cls.getId;
  say(results);
};
`,
  opentelemetry: `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
const { context, propagation, ROOT_CONTEXT } = require('@opentelemetry/api');
new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()], spanProcessors: [] }).start();
${BENCH}
const { request } = require('undici');
const withBaggage = (members, work) => context.with(propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage(members)), work);
const many = (count, value) => Object.fromEntries(Array.from({ length: count }, (_, at) => ['k' + at, { value }]));
const main = async () => {
  const results = {};
  await get(url());
  results.outside = sent('baggage');
  await withBaggage({ tenant: { value: 'acme' } }, async () => {
    await get(new URL(url()), { headers: { 'x-option': 'o' } });
    results.withUrl = [...sent('baggage'), ...sent('x-option')];
    await get({ ...address('localhost') });
    results.anyHost = sent('baggage');
    await get(url(), { headers: { baggage: 'own=1' } });
    results.http = sent('baggage');
    await request(url(), { headers: { baggage: 'own=1' } });
    results.undici = sent('baggage');
  });
  await withBaggage(many(300, 'v'), () => get(url()));
  results.members = sent('baggage')[0].split(',').length;
  await withBaggage(many(100, 'v'.repeat(200)), () => get(url()));
  results.bytes = sent('baggage')[0].length <= 8192;
  say(results);
};
`,
  ours: `
${BENCH}
const { HeaderPropagation } = require('@grayscale/header-propagation');
const { captureMiddleware } = require('@grayscale/header-propagation/server');
const { propagateNodeHttp } = require('@grayscale/header-propagation/node-http');
const main = async () => {
  const results = {};
  const propagation = new HeaderPropagation({ rules: ['user', 'x-large', { query: 'name', to: 'x-name' }, { header: 'x-id', default: () => 'made' }], targets: ['127.0.0.1'] });
  propagateNodeHttp(propagation);
  const capture = captureMiddleware(propagation);
  await get(address());
  results.outside = sent('user');
  const service = http.createServer((request, response) => capture(request, response, async () => {
    await get(new URL(url()), { headers: { 'x-option': 'o' } });
    Object.assign(results, { withUrl: [...sent('user'), ...sent('x-option')], large: sent('x-large'), name: sent('x-name'), id: sent('x-id') });
    await get({ ...address(), headers: { User: 'mine' } });
    results.applications = sent('user');
    await get(address('localhost'));
    results.anyHost = sent('user');
    response.end();
  })).listen(0, '127.0.0.1', async () => {
    await get({ host: '127.0.0.1', port: service.address().port, path: '/?name=n', headers: { user: 'caller', 'x-large': 'x'.repeat(10_000) } });
    say(results);
  });
};
`,
};

const CELLS: Record<keyof typeof SERVICES, object> = {
  hpropagate: {
    outside: [],
    user: ['caller'],
    large: 10_000,
    correlation: 1,
    anyHost: ['caller'],
    applications: ['caller'],
    fetch: [],
    callback: 'no callback',
    option: ['o'],
    userWithUrl: [],
  },
  'nestjs-cls': { outside: 'undefined', setOutside: 'throws', sent: [], store: 'caller', id: 'function' },
  opentelemetry: {
    outside: [],
    withUrl: ['tenant=acme', 'o'],
    anyHost: ['tenant=acme'],
    http: ['tenant=acme'],
    undici: ['own=1', 'tenant=acme'],
    members: 180,
    bytes: true,
  },
  ours: {
    outside: [],
    withUrl: ['caller', 'o'],
    large: [],
    name: ['n'],
    id: ['made'],
    applications: ['mine'],
    anyHost: [],
  },
};

let folder: string;
let cwd: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'comparison-'));
  const otel = ['api', 'sdk-node', 'instrumentation-http', 'instrumentation-undici'];
  cwd = await install(folder, 'peers', [
    ...[await pack(folder), 'hpropagate@1', 'nestjs-cls@7', 'undici@7', 'rxjs', 'reflect-metadata'],
    ...['common', 'core'].map((name) => `@nestjs/${name}@12`),
    ...otel.map((name) => `@opentelemetry/${name}`),
  ]);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(Object.keys(SERVICES) as (keyof typeof SERVICES)[])(
  'what the comparison says of %s is true',
  async (peer) => {
    await writeFile(join(cwd, `${peer}.cjs`), SERVICES[peer]);
    const none = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    const { stdout } = await run(process.execPath, [`${peer}.cjs`], {
      cwd,
      env: { ...process.env, ...none },
    });
    process.stdout.write(`${peer}: ${stdout}`);
    expect(JSON.parse(stdout)).toEqual(CELLS[peer]);
  },
);
