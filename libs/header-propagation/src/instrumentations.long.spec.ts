import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EchoServer, startEchoServer } from './testing/echo-server.js';
import { install, pack } from './testing/packed.js';

const run = promisify(execFile);

/** A service that is asked once, with both of them in it, in either order, and asks the upstream by every client. */
const SERVICE = `
const [, , order, kind] = process.argv;
const start = {
  otel: () => {
    const { NodeSDK } = require('@opentelemetry/sdk-node');
    // What sdk-node brings itself.
    const tracing = require(require.resolve('@opentelemetry/sdk-trace', { paths: [require.resolve('@opentelemetry/sdk-node')] }));
    const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
    const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
    new NodeSDK({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()], spanProcessors: [new tracing.SimpleSpanProcessor(new tracing.InMemorySpanExporter())] }).start();
  },
  sentry: () => {
    const Sentry = require('@sentry/node');
    Sentry.init({ dsn: 'http://key@127.0.0.1:9/1', tracesSampleRate: 1, propagateTraceparent: true, transport: () => ({ send: async () => ({}), flush: async () => true }) });
  },
};
if (order === 'first') start[kind]();
const http = require('node:http');
const { HeaderPropagation, istioTracing } = require('@grayscale/header-propagation');
const { captureMiddleware } = require('@grayscale/header-propagation/server');
const { propagateGlobalFetch } = require('@grayscale/header-propagation/fetch');
const { propagateNodeHttp } = require('@grayscale/header-propagation/node-http');
const { propagationInterceptor } = require('@grayscale/header-propagation/undici');
const { propagateWithAxios } = require('@grayscale/header-propagation/axios');
const propagation = new HeaderPropagation({ rules: [...istioTracing, 'user', { query: 'name', toBaggage: 'name' }] });
propagateGlobalFetch(propagation);
propagateNodeHttp(propagation);
const { Agent, request, interceptors } = require('undici');
const dispatcher = new Agent().compose(interceptors.redirect({ maxRedirections: 2 }), propagationInterceptor(propagation));
const axios = require('axios').create();
propagateWithAxios(propagation, axios);
if (order === 'last') start[kind]();

const upstream = process.env.UPSTREAM;
const clients = {
  fetch: () => fetch(upstream + '/fetch').then((r) => r.text()),
  undici: () => request(upstream + '/undici', { dispatcher }).then(({ body }) => body.text()),
  http: () => new Promise((resolve, reject) => require('node:http').get(upstream + '/http', (r) => r.resume().on('end', resolve)).on('error', reject)),
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
`;

let folder: string;
let cwd: string;
let upstream: EchoServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'instrumentations-'));
  const otel = ['sdk-node', 'instrumentation-http', 'instrumentation-undici'].map(
    (name) => `@opentelemetry/${name}`,
  );
  cwd = await install(folder, 'service', [await pack(folder), ...otel, '@sentry/node', 'undici@7', 'axios']);
  await writeFile(join(cwd, 'service.cjs'), SERVICE);
  upstream = await startEchoServer();
}, 300_000);
afterAll(async () => {
  await upstream?.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(['otel', 'sentry'])('beside %s', (kind) => {
  it.each(['first', 'last'])(
    'that starts %s, there is one traceparent and one baggage, with the members of both',
    async (order) => {
      upstream.received.length = 0;
      await run(process.execPath, ['service.cjs', order, kind], {
        cwd,
        env: {
          ...process.env,
          UPSTREAM: upstream.url,
          OTEL_TRACES_EXPORTER: 'none',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
        },
      });
      expect(upstream.received.map(({ url }) => url)).toEqual(['/fetch', '/undici', '/http', '/axios']);
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
