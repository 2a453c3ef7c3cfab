import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EchoServer, startEchoServer } from './testing/echo-server.js';
import { install, pack } from './testing/packed.js';

const run = promisify(execFile);

/** How one of them is started, in a file of its own. */
const STARTS = {
  otel: `
const { NodeSDK } = await load('@opentelemetry/sdk-node');
// What sdk-node brings itself.
const tracing = require(require.resolve('@opentelemetry/sdk-trace', { paths: [require.resolve('@opentelemetry/sdk-node')] }));
const { HttpInstrumentation } = await load('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = await load('@opentelemetry/instrumentation-undici');
new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()], spanProcessors: [new tracing.SimpleSpanProcessor(new tracing.InMemorySpanExporter())] }).start();
`,
  sentry: `
const Sentry = await load('@sentry/node');
Sentry.init({ dsn: 'http://key@127.0.0.1:9/1', tracesSampleRate: 1, propagateTraceparent: true, transport: () => ({ send: async () => ({}), flush: async () => true }) });
`,
};

/** What OpenTelemetry asks of an application of ES modules. */
const HOOK = "register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);\n";

/** By `--require` and `--import`: the flag is the name. */
const WAYS = {
  require: {
    extension: 'cjs',
    prelude: 'const load = require;\n',
    startOf: (kind: keyof typeof STARTS) => STARTS[kind].replaceAll('await load', 'load'),
  },
  import: {
    extension: 'mjs',
    prelude: `import { createRequire, register } from 'node:module';
const require = createRequire(import.meta.url);
const load = (name) => import(name);
`,
    startOf: (kind: keyof typeof STARTS) => (kind === 'otel' ? HOOK : '') + STARTS[kind],
  },
} as const;

/** A service that is asked once, with one of them in it, in either order, and asks the upstream by every client. */
const SERVICE = `
const main = async () => {
const [, , late] = process.argv;
// As a library has it that is loaded before the service is set up.
const { get: taken } = await load('node:http');
const http = require('node:http');
const { HeaderPropagation, istioTracing } = await load('@grayscale/header-propagation');
const { captureMiddleware } = await load('@grayscale/header-propagation/server');
const { propagateGlobalFetch } = await load('@grayscale/header-propagation/fetch');
const { propagateNodeHttp } = await load('@grayscale/header-propagation/node-http');
const { propagationInterceptor } = await load('@grayscale/header-propagation/undici');
const { propagateWithAxios } = await load('@grayscale/header-propagation/axios');
const propagation = new HeaderPropagation({ rules: [...istioTracing, 'user', { query: 'name', toBaggage: 'name' }] });
propagateGlobalFetch(propagation);
propagateNodeHttp(propagation);
const { Agent, request, interceptors } = await load('undici');
const dispatcher = new Agent().compose(interceptors.redirect({ maxRedirections: 2 }), propagationInterceptor(propagation));
const axios = require('axios').create();
propagateWithAxios(propagation, axios);
if (late) await load(late);

const upstream = process.env.UPSTREAM;
const by = (get, path) => () => new Promise((resolve, reject) => get(upstream + path, (r) => r.resume().on('end', resolve)).on('error', reject));
const clients = {
  fetch: () => fetch(upstream + '/fetch').then((r) => r.text()),
  undici: () => request(upstream + '/undici', { dispatcher }).then(({ body }) => body.text()),
  http: by((...args) => http.get(...args), '/http'),
  taken: by(taken, '/taken'),
  axios: () => axios.get(upstream + '/axios'),
};
const capture = captureMiddleware(propagation);
const server = http.createServer((req, res) => capture(req, res, async () => {
  for (const client of Object.values(clients)) await client();
  res.end();
}));
server.listen(0, '127.0.0.1', () => {
  const headers = { user: 'test', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'vendor=1', baggage: 'tenant=acme' };
  const { port } = server.address();
  // Another process asks, as far as tracing is concerned: by a plain socket.
  const socket = require('node:net').connect(port, '127.0.0.1', () => {
    const lines = Object.entries(headers).map(([name, value]) => name + ': ' + value + '\\r\\n').join('');
    socket.write('GET /?name=n HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n' + lines + '\\r\\n');
  });
  socket.resume().on('close', () => process.exit(0));
});
};
main();
`;

const KINDS = Object.keys(STARTS) as (keyof typeof STARTS)[];

let folder: string;
let cwd: string;
let upstream: EchoServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instrumentations-'));
  const otel = ['sdk-node', 'instrumentation-http', 'instrumentation-undici'].map(
    (name) => `@opentelemetry/${name}`,
  );
  cwd = await install(folder, 'service', [await pack(folder), ...otel, '@sentry/node', 'undici@7', 'axios']);
  for (const { extension, prelude, startOf } of Object.values(WAYS)) {
    await writeFile(join(cwd, `service.${extension}`), prelude + SERVICE);
    for (const kind of KINDS) await writeFile(join(cwd, `${kind}.${extension}`), prelude + startOf(kind));
  }
  upstream = await startEchoServer();
}, 300_000);
afterAll(async () => {
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

const orders = (Object.keys(WAYS) as (keyof typeof WAYS)[]).flatMap((way) =>
  (['first', 'last'] as const).map((order) => [way, order] as const),
);

describe.each(KINDS)('beside %s', (kind) => {
  it.each(orders)(
    'in an application by %s, that starts %s, there is one traceparent and one baggage, with the members of both',
    async (way, order) => {
      upstream.received.length = 0;
      const { extension } = WAYS[way];
      const start = `./${kind}.${extension}`;
      const service = `service.${extension}`;
      const args = order === 'first' ? [`--${way}`, start, service] : [service, start];
      await run(process.execPath, args, {
        cwd,
        env: {
          ...process.env,
          UPSTREAM: upstream.url,
          OTEL_TRACES_EXPORTER: 'none',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
        },
      });
      expect(upstream.received.map(({ url }) => url)).toEqual([
        '/fetch',
        '/undici',
        '/http',
        '/taken',
        '/axios',
      ]);
      for (const { url, headers } of upstream.received) {
        const [trace, ...others] = headers.traceparent ?? [];
        expect([url, trace, others, headers.baggage?.length]).toEqual([url, expect.any(String), [], 1]);
        // OpenTelemetry goes on with the trace, from a span of its own, where it saw the request come in.
        const incoming = '00-0af7651916cd43dd8448eb211c80319c';
        if (kind === 'otel' && order === 'first') {
          expect(trace).toMatch(new RegExp(`^${incoming}-(?!b7ad6b7169203331)`));
        }
        // A trace of their own has no state of ours beside it; axios' headers are theirs to overwrite, one by one.
        const isOurs = trace?.startsWith(incoming) || url === '/axios';
        expect(headers.tracestate ?? []).toEqual(isOurs ? expect.any(Array) : []);
        const members = (headers.baggage?.[0] ?? '').split(',').map((member) => member.split('=')[0]?.trim());
        expect(members).toEqual(
          expect.arrayContaining(['tenant', 'name', ...(kind === 'sentry' ? ['sentry-trace_id'] : [])]),
        );
        expect(new Set(members).size).toBe(members.length);
        expect(headers.user).toEqual(['test']);
      }
    },
  );
});
