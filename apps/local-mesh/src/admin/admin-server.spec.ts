import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { jest } from '@jest/globals';
import { ListenerList } from '../listeners/listener.js';
import { EventFeed } from '../telemetry/event-feed.js';
import { IstioMetrics } from '../telemetry/istio-metrics.js';
import { accessRecord } from '../testing/access-record.js';
import { helloManifest } from '../testing/manifests.js';
import { ruleBookOf, ruleSetOf } from '../testing/rule-book.js';
import { AdminModule } from './admin.module.js';
import { type AdminServer, startAdmin } from './admin-server.js';
import { Readiness } from './readiness.js';

// A busy machine takes its time.
jest.setTimeout(60_000);

const rules = ruleBookOf(helloManifest({ share: 90 }));
const metrics = new IstioMetrics(rules.workload);
const events = new EventFeed(rules);
const readiness = new Readiness();
const listeners = new ListenerList();
let admin: AdminServer;

beforeAll(async () => {
  admin = await startAdmin({ rules, metrics, events, readiness, listeners }, 0);
});
afterAll(() => admin.close());

/** The paths of the controllers, as Nest has them. */
function pathsServed(): string[] {
  const { controllers = [] } = AdminModule.forMesh({ rules, metrics, events, readiness, listeners });
  const pathsOf = (target: object): string[] => [Reflect.getMetadata('path', target) ?? []].flat();
  return controllers.flatMap((controller) =>
    Object.values(Object.getOwnPropertyDescriptors(controller.prototype))
      .flatMap(({ value }) => (typeof value === 'function' && value !== controller ? pathsOf(value) : []))
      .flatMap((path) =>
        pathsOf(controller).map((base) => `/${base}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')),
      ),
  );
}

async function send(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<IncomingMessage> {
  const request = httpRequest({ host: '127.0.0.1', port: admin.port, path, headers, method });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await textOf(await send(path)));
}

/** Reads server-sent events until one has the name. */
async function readUntil(
  response: IncomingMessage,
  name: string,
): Promise<Array<{ event: string; data: unknown }>> {
  response.setEncoding('utf8');
  const found: Array<{ event: string; data: unknown }> = [];
  let text = '';
  for await (const chunk of response) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      found.push({ event, data: JSON.parse(data) });
      if (event === name) return found;
    }
  }
  return found;
}

describe('the admin side', () => {
  it.each(['/livez', '/readyz', '/healthz/ready'])('answers %s', async (path) => {
    expect((await send(path)).statusCode).toBe(200);
  });

  it('shows the rules in force', async () => {
    expect(await json('/config_dump')).toMatchObject({
      hash: rules.inForce.hash,
      loadedAt: rules.inForce.loadedAt.toISOString(),
      files: [{ path: 'rules.yaml', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      refusedAt: null,
      workload: { namespace: 'hello-page' },
      resources: expect.arrayContaining([
        expect.objectContaining({
          kind: 'VirtualService',
          source: { file: 'rules.yaml', line: 21, column: 1 },
        }),
      ]),
    });
  });

  it('explains a request, with the shares of all destinations', async () => {
    const url = encodeURIComponent('http://hello.com/hello');
    expect(await json(`/explain?method=GET&url=${url}&header=user%3A%20test&header=a%3Ab`)).toMatchObject({
      hash: rules.inForce.hash,
      decision: { kind: 'forward', because: { reason: 'rule', resource: { name: 'hello' } } },
      destinations: [
        { host: 'hello-1.external', share: 0.9 },
        { host: 'hello-2.external', share: 0.1 },
      ],
    });
  });

  it.each([
    '/explain',
    '/explain?url=http%3A%2F%2F',
    '/explain?url=a&header=broken',
    '/explain?url=a&method=G%20T',
    '/explain?url=a&url=b',
  ])('answers %s with 400 and what to write', async (path) => {
    const response = await send(path);
    expect(response.statusCode).toBe(400);
    expect(JSON.parse(await textOf(response))).toMatchObject({ message: expect.stringMatching(/\.$/) });
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('is called %s', async (name) => {
    expect((await send('/livez', { host: `${name}:${admin.port}` })).statusCode).toBe(200);
  });

  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:80'])(
    'is not called %p',
    async (host) => {
      expect((await send('/config_dump', { host })).statusCode).toBe(421);
    },
  );

  it('is not for the pages of other sites', async () => {
    expect((await send('/livez', { origin: 'http://evil.example' })).statusCode).toBe(403);
    expect((await send('/livez', { origin: 'null' })).statusCode).toBe(403);
    expect((await send('/livez', { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await send('/livez', { origin: `http://127.0.0.1:${admin.port}` })).statusCode).toBe(200);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('takes no %s', async (method) => {
    const response = await send('/config_dump', {}, method);
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe('GET, HEAD');
  });

  it('knows no other path', async () => {
    expect((await send('/quitquitquit')).statusCode).toBe(404);
  });

  it("counts requests under Istio's names", async () => {
    const decision = rules.route(
      { method: 'GET', scheme: 'http', authority: 'hello.com', port: 80, path: '/', headers: [] },
      0,
    );
    metrics.record(accessRecord({ decision, durationMs: 7 }));
    metrics.record(accessRecord({ decision, durationMs: 3 }));
    const response = await send('/stats/prometheus');
    expect(response.headers['content-type']).toContain('version=0.0.4');
    const lines = (await textOf(response)).split('\n').filter((line) => line.startsWith('istio_'));
    const [total] = lines;
    for (const label of [
      'reporter="source"',
      'source_workload="hello-page"',
      'destination_service="hello-1.external"',
      'response_code="200"',
      'response_flags="-"',
    ]) {
      expect(total).toContain(label);
    }
    expect(total).toMatch(/^istio_requests_total\{.*\} 2$/);
    expect(
      lines
        .filter((line) => /_bucket\{.*\ble="(1|5|10|\+Inf)"/.test(line))
        .map((line) => line.split(' ').at(-1)),
    ).toEqual(['0', '1', '2', '2']);
    expect(lines.find((line) => line.includes('_sum'))).toMatch(/ 10$/);
  });

  it('streams the rules at once, then decisions and rule changes', async () => {
    const response = await send('/events');
    expect(response.headers['content-type']).toBe('text/event-stream');
    const [first] = await readUntil(await send('/events'), 'rules');
    expect(first).toEqual({
      event: 'rules',
      data: expect.objectContaining({ hash: rules.inForce.hash, issues: rules.inForce.issues }),
    });
    const decision = rules.route(
      { method: 'GET', scheme: 'http', authority: 'hello.com', port: 80, path: '/', headers: [] },
      0,
    );
    const before = rules.inForce.hash;
    rules.replace(ruleSetOf(helloManifest({ share: 50 })));
    events.record(accessRecord({ decision }));
    const seen = await readUntil(response, 'decision');
    expect(seen.at(-1)?.data).toMatchObject({
      requestId: 'an-id',
      status: 200,
      cluster: 'outbound|80||hello-1.external',
      rules: before,
      decision: {
        kind: 'forward',
        because: {
          rule: { index: 0, location: { file: 'rules.yaml', line: 27 } },
          destination: { share: 0.9 },
        },
      },
    });
    expect(seen.map(({ event }) => event)).toEqual(['rules', 'rules', 'decision']);
  });

  it('is not ready while it drains, and alive', async () => {
    readiness.startDraining();
    expect((await send('/readyz')).statusCode).toBe(503);
    expect((await send('/livez')).statusCode).toBe(200);
  });
});

it('stands in the README path by path', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section = ''] = readme.split('## The admin side');
  const described = [...section.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\/[\w/]*)/g)].map(([, path]) => path),
  );
  expect(described.sort()).toEqual(pathsServed().sort());
});
