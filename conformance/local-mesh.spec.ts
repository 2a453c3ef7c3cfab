import {
  compile,
  listens,
  parse,
  type Resource,
  type RouteTable,
  route,
  routeConnection,
} from '@grayscale/traffic-rules';
import { jest } from '@jest/globals';
import { createProxy, type MeshProxy } from '../apps/local-mesh/src/proxy/proxy.js';
import { type Answer, type CaseRequest, fixture, type Headers, loadCases } from './src/cases.js';
import { type Echo, Lab } from './src/lab-servers.js';
import { authority, type Form, hasAbsoluteForm, ProxyClient, type Received } from './src/proxy-client.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(30_000);

const workload = {
  namespace: 'hello-page',
  labels: { app: 'hello-page' },
  outboundTrafficPolicy: 'ALLOW_ANY',
} as const;
const cases = loadCases().filter(({ valid }) => valid);
const fixtureResources = parse(fixture, 'fixture.yaml').resources;

/** Headers of every answer, and the backends' own. */
const ofEveryAnswer = new Set([
  'date',
  'server',
  'content-length',
  'transfer-encoding',
  'connection',
  'x-envoy-upstream-service-time',
]);
const ofBackends = new Set(['content-type', 'x-backend', 'x-from']);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the recorded exchanges over real sockets', () => {
  const lab = new Lab();
  let table: RouteTable;
  let proxy: MeshProxy;
  let asker: ProxyClient;

  beforeAll(async () => {
    await lab.start();
    proxy = createProxy({
      route: (request, draw) => route(table, request, draw),
      routeConnection: (connection) => routeConnection(table, connection),
      hasListener: (port) => listens(table, port),
      resolve: (_host, port) => ({ host: '10.200.0.20', port }),
      dial: (address) => lab.dial(address),
    });
    const { port } = await proxy.listen({ host: '127.0.0.1', port: 0 });
    asker = new ProxyClient(port);
  });

  afterAll(async () => {
    asker.close();
    await proxy.close();
    await lab.stop();
  });

  describe.each(cases)('$id', ({ id, config, exchanges }) => {
    beforeAll(() => {
      const resources: Resource[] = [...fixtureResources, ...parse(config, `${id}.yaml`).resources];
      table = compile(resources, workload);
    });

    const played = exchanges.flatMap(({ request, answer }, index) =>
      formsOf(request).map((form) => ({
        index,
        form,
        line: `${request.method} ${request.host}:${request.port}${request.path}`.slice(0, 80),
        request,
        answer: answer as Answer,
      })),
    );

    it.each(played)('$index $line ($form)', async ({ request, answer, form }) => {
      lab.forget();
      const received = await askAll(asker, request, form);
      if (answer.tally !== undefined) expectShares(received, answer.tally, request.repeat);
      else expectAnswer(received[0] as Received, answer, request, form);
      if (answer.attempts !== undefined) await expectAttempts(lab, answer.attempts);
    });
  });
});

/** A repeated request is put in one form only: it is about shares. */
function formsOf(request: CaseRequest): Form[] {
  if (!hasAbsoluteForm(request)) return ['connect'];
  return request.repeat > 1 ? ['absolute'] : ['absolute', 'connect'];
}

async function askAll(asker: ProxyClient, request: CaseRequest, form: Form): Promise<Received[]> {
  const received: Received[] = [];
  const atOnce = 16;
  for (let left = request.repeat; left > 0; left -= atOnce) {
    const batch = Array.from({ length: Math.min(left, atOnce) }, () => asker.ask(request, form));
    received.push(...(await Promise.all(batch)));
  }
  return received;
}

function expectAnswer(received: Received, answer: Answer, request: CaseRequest, form: Form): void {
  const echo = echoOf(received);
  expect({ status: received.status, backend: echo?.backend }).toEqual({
    status: answer.status,
    backend: answer.backend,
  });
  expect(shownHeaders(received, echo !== undefined)).toEqual(answer.headers);
  if (echo === undefined) expect(received.body).toBe(answer.body ?? '');
  else expectUpstream(echo, answer, request, form);
  // A lower bound, as recorded; timers of two programs differ by some milliseconds.
  if (answer.ms !== undefined) expect(received.ms).toBeGreaterThan(answer.ms * 0.9 - 10);
}

function expectUpstream(echo: Echo, answer: Answer, request: CaseRequest, form: Form): void {
  const { upstream } = answer;
  if (upstream === undefined) return;
  // Where a URL has to name the port, the Host has it too.
  const asUrl = form === 'absolute' && upstream.host === request.host;
  expect({ ...echo, headers: withoutFreshId(echo.headers) }).toMatchObject({
    method: upstream.method,
    path: upstream.path,
    host: asUrl ? authority(upstream.host, request.port) : upstream.host,
    headers: withoutFreshId(upstream.headers),
    body: upstream.body ?? '',
    ...(answer.attempt === undefined ? {} : { attempt: answer.attempt }),
  });
}

/** Within five sigma of what the recording has: both are samples. */
function expectShares(
  received: readonly Received[],
  tally: Readonly<Record<string, number>>,
  repeat: number,
): void {
  const counts: Record<string, number> = {};
  for (const one of received) {
    const who = echoOf(one)?.backend ?? `status ${one.status}`;
    counts[who] = (counts[who] ?? 0) + 1;
  }
  expect(Object.keys(counts).sort()).toEqual(Object.keys(tally).sort());
  for (const [who, recorded] of Object.entries(tally)) {
    const share = recorded / repeat;
    const sigma = Math.sqrt(2 * repeat * share * (1 - share));
    expect(Math.abs((counts[who] ?? 0) - recorded)).toBeLessThanOrEqual(5 * sigma);
  }
}

/** A mirrored copy may still be on its way when the answer is there. */
async function expectAttempts(lab: Lab, attempts: Readonly<Record<string, number>>): Promise<void> {
  const total = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < 100 && total(lab.attempts()) < total(attempts); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(lab.attempts()).toEqual(attempts);
}

function echoOf({ body, headers }: Received): Echo | undefined {
  const isEcho = headers.some(([name]) => name.toLowerCase() === 'x-backend');
  return isEcho && body !== '' ? (JSON.parse(body) as Echo) : undefined;
}

function shownHeaders({ headers }: Received, isEcho: boolean): Headers {
  return headers.filter(([name, value]) => {
    if (ofEveryAnswer.has(name.toLowerCase())) return false;
    return !isEcho || !ofBackends.has(name) || (name === 'x-from' && value === 'mesh');
  });
}

function withoutFreshId(headers: Headers): Headers {
  return headers.map(([name, value]) =>
    name === 'x-request-id' && uuid.test(value) ? [name, '<uuid>'] : [name, value],
  );
}
