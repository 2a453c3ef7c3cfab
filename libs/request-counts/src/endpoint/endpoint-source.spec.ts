import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MetricsServer, question } from '../testing/metrics-server.js';
import { canaryRequests, countsOf, seen } from '../testing/totals.js';
import { EndpointSource } from './endpoint-source.js';

const seconds = (milliseconds: number) => milliseconds / 1000;

async function watched(options: { age?: Record<string, number>; before?: number } = {}) {
  const server = await MetricsServer.listening();
  server.age = options.age ?? {};
  if (options.before !== undefined) server.stable(options.before);
  const source = new EndpointSource({ urls: [server.url], interval: 1000 });
  const { cursor } = seen(await source.look(question, undefined));
  return { server, source, cursor };
}

describe('what is counted', () => {
  it('the first reading is the baseline; what comes after it counts, also of series that are new', async () => {
    const { server, source, cursor } = await watched({ before: 5000 });
    await using _ = server;
    server.stable(3);
    server.canary(2);
    const reading = seen(await source.look(question, cursor));
    expect(countsOf(reading, 'stable').requests).toBe(3);
    expect(countsOf(reading, 'canary').requests).toBe(2);
    expect(reading.blind).toEqual([]);
    expect(seen(await source.look(question, reading.cursor)).counts.map(({ requests }) => requests)).toEqual([
      0, 0,
    ]);
  });

  it.each([
    { labels: { response_code: '200' }, failed: 0, gaveUp: 0 },
    { labels: { response_code: '404' }, failed: 0, gaveUp: 0 },
    { labels: { response_code: '499' }, failed: 0, gaveUp: 0 },
    { labels: { response_code: '500' }, failed: 1, gaveUp: 0 },
    { labels: { response_code: '503', response_flags: 'UF,URX' }, failed: 1, gaveUp: 0 },
    { labels: { response_code: '504', response_flags: 'DC' }, failed: 1, gaveUp: 0 },
    { labels: { response_code: '0', response_flags: 'DC' }, failed: 0, gaveUp: 1 },
    { labels: { response_code: '0', response_flags: 'UF,DC' }, failed: 0, gaveUp: 1 },
    { labels: { response_code: '0', response_flags: 'DR' }, failed: 0, gaveUp: 1 },
    { labels: { response_code: '200', response_flags: 'DC' }, failed: 0, gaveUp: 1 },
    { labels: { response_code: '0', response_flags: 'UC' }, failed: 1, gaveUp: 0 },
    { labels: { response_code: '0', response_flags: '-' }, failed: 1, gaveUp: 0 },
    { labels: { response_code: '' }, failed: 1, gaveUp: 0 },
    ...[2, 4, 8, 12, 13, 14, 15].map((status) => ({
      labels: { response_code: '200', grpc_response_status: String(status) },
      failed: 1,
      gaveUp: 0,
    })),
    ...[0, 1, 3, 5, 6, 7, 9, 10, 11, 16].map((status) => ({
      labels: { response_code: '200', grpc_response_status: String(status) },
      failed: 0,
      gaveUp: 0,
    })),
  ])('$labels', async ({ labels, ...expected }) => {
    const { server, source, cursor } = await watched();
    await using _ = server;
    server.canary(1, labels);
    expect(countsOf(await source.look(question, cursor), 'canary')).toEqual({
      requests: 1,
      over: {},
      ...expected,
    });
  });

  it('requests past the rules are counted as bypassed, whatever host they name', async () => {
    const { server, source, cursor } = await watched();
    await using _ = server;
    server.canary(4, { destination_service_name: 'PassthroughCluster' });
    server.canary(3, { destination_service_name: 'BlackHoleCluster', destination_service: 'unknown' });
    server.canary(9, { destination_service: 'neither.of-the-arms.svc.cluster.local' });
    const reading = seen(await source.look(question, cursor));
    expect(reading).toMatchObject({ counts: [], bypassed: 7 });
  });

  it('callers are kept apart; those that nobody asked for do not count', async () => {
    const { server, source, cursor } = await watched();
    await using _ = server;
    const callers = [...question.callers, { workload: 'cart', namespace: 'shop' }];
    server.canary(1);
    server.canary(2, { source_workload: 'cart', source_workload_namespace: 'shop' });
    server.canary(4, { source_workload: 'cart', source_workload_namespace: 'other' });
    const two = seen(await source.look({ ...question, callers }, cursor));
    expect(canaryRequests(two)).toEqual({ 'hello-page/hello-page': 1, 'shop/cart': 2 });
    const all = seen(await source.look({ ...question, callers: [] }, cursor));
    expect(canaryRequests(all)).toMatchObject({ 'other/cart': 4 });
  });

  it("a caller's own report counts where there is one, else its waypoint's, and the destination's never", async () => {
    const { server, source, cursor } = await watched();
    await using _ = server;
    for (const reporter of ['waypoint', 'source', 'destination']) server.canary(1, { reporter });
    server.canary(5, { reporter: 'waypoint', source_workload: 'ambient' });
    const reading = seen(await source.look({ ...question, callers: [] }, cursor));
    expect(canaryRequests(reading)).toEqual({ 'hello-page/hello-page': 1, 'hello-page/ambient': 5 });
    server.canary(2, { reporter: 'source', source_workload: 'ambient' });
    const next = seen(await source.look({ ...question, callers: [] }, reading.cursor));
    expect(canaryRequests(next)['hello-page/ambient']).toBe(0);
  });

  it('subsets of one host are told apart by version', async () => {
    const { server, source, cursor } = await watched();
    await using _ = server;
    server.canary(1, { destination_version: 'v1' });
    server.canary(2, { destination_version: 'v2' });
    const host = 'hello.hello-2.svc.cluster.local';
    const arms = ['v1', 'v2'].map((subset) => ({ key: subset, host, subset }));
    const look = seen(await source.look({ ...question, arms }, cursor));
    expect(look.counts.map(({ arm, requests }) => [arm, requests])).toEqual([
      ['v1', 1],
      ['v2', 2],
    ]);
  });

  it('a subset of a host that no other arm has is not asked for its version, which is unknown when a connection fails', async () => {
    const { server, source, cursor } = await watched();
    await using _ = server;
    server.canary(1, { destination_version: 'unknown', response_code: '503' });
    const arms = question.arms.map((arm) => ({ ...arm, subset: 'v2' }));
    expect(countsOf(await source.look({ ...question, arms }, cursor), 'canary').failed).toBe(1);
  });

  it('slow requests are those outside of the bucket; an unknown bound is told with those that there are', async () => {
    const { server, source } = await watched();
    await using _ = server;
    const slow = { ...question, bounds: [500] };
    const { cursor } = seen(await source.look(slow, undefined));
    server.canary(10);
    for (const [le, count] of [
      ['250', 6],
      ['500', 7],
      ['+Inf', 10],
    ] as const)
      server.canaryWithin(le, count);
    expect(countsOf(await source.look(slow, cursor), 'canary').over).toEqual({ 500: 3 });
    const refused = await source.look({ ...slow, bounds: [700] }, cursor);
    expect(refused).toMatchObject({
      kind: 'no-look',
      reason: expect.stringContaining('no bucket for 700 ms; it has 250, 500'),
    });
  });
});

describe('restarts', () => {
  const now = () => Math.floor(Date.now() / 1000);

  it('another start time counts everything from 0, though the counters are higher', async () => {
    const { server, source, cursor } = await watched({
      before: 100,
      age: { process_start_time_seconds: now() - 50 },
    });
    await using _ = server;
    server.reset({ process_start_time_seconds: now() });
    server.stable(105);
    expect(countsOf(await source.look(question, cursor), 'stable').requests).toBe(105);
  });

  it("an Envoy's uptime that fell does, and the start time of an application beside it does not", async () => {
    const age = { envoy_server_uptime: 500, process_start_time_seconds: now() - 50 };
    const { server, source, cursor } = await watched({ before: 100, age });
    await using _ = server;
    server.stable(5);
    server.age = { envoy_server_uptime: 510, process_start_time_seconds: now() };
    const first = seen(await source.look(question, cursor));
    expect(countsOf(first, 'stable').requests).toBe(5);
    server.reset({ envoy_server_uptime: 0 });
    server.stable(205);
    expect(countsOf(await source.look(question, first.cursor), 'stable').requests).toBe(205);
  });

  it('without either, a counter that fell counts from 0', async () => {
    const { server, source, cursor } = await watched({ before: 100 });
    await using _ = server;
    server.reset();
    server.stable(7);
    expect(countsOf(await source.look(question, cursor), 'stable').requests).toBe(7);
  });

  it('a series that was gone in the scrape before counts from 0', async () => {
    const { server, source, cursor } = await watched({ before: 100 });
    await using _ = server;
    server.reset();
    const gone = seen(await source.look(question, cursor));
    server.stable(150);
    expect(countsOf(await source.look(question, gone.cursor), 'stable').requests).toBe(150);
  });

  it('a process that ran before the last scrape is another one behind a balancer: blind, nothing is counted', async () => {
    const { server, source, cursor } = await watched({
      before: 10,
      age: { process_start_time_seconds: now() - 50 },
    });
    await using _ = server;
    server.reset({ process_start_time_seconds: now() - 3000 });
    server.stable(5000);
    const reading = seen(await source.look(question, cursor));
    expect(countsOf(reading, 'stable').requests).toBe(0);
    expect(reading.blind).toHaveLength(1);
  });
});

describe('several endpoints', () => {
  it('what a vanished one gave stays counted, the others go on, and it is named', async () => {
    await using one = await MetricsServer.listening();
    const two = await MetricsServer.listening();
    const source = new EndpointSource({ urls: [one.url, two.url], interval: 1000 });
    const { cursor } = seen(await source.look(question, undefined));
    one.canary(1);
    two.canary(2);
    const both = seen(await source.look(question, cursor));
    expect(countsOf(both, 'canary').requests).toBe(3);
    await two[Symbol.asyncDispose]();
    one.canary(4);
    const rest = seen(await source.look(question, both.cursor));
    expect(countsOf(rest, 'canary').requests).toBe(4);
    expect(rest.blind).toEqual([expect.stringMatching(/:\d+\/stats\/prometheus refuses the connection/)]);
  });

  it('one that answers later counts from 0 if its process is younger than the counting, else it is blind', async () => {
    await using one = await MetricsServer.listening();
    await using two = await MetricsServer.listening();
    const source = new EndpointSource({ urls: [one.url, two.url], interval: 1000 });
    two.answer = { status: 503, text: '' };
    const { cursor } = seen(await source.look(question, undefined));
    two.answer = undefined;
    two.canary(6);
    two.age = { process_start_time_seconds: seconds(Date.now() + 1000) };
    expect(countsOf(await source.look(question, cursor), 'canary').requests).toBe(6);
    two.age = { process_start_time_seconds: seconds(Date.now() - 60_000) };
    const old = seen(await source.look(question, cursor));
    expect(countsOf(old, 'canary').requests).toBe(0);
    expect(old.blind).toEqual([expect.stringContaining(String(two.url))]);
  });
});

describe('no data', () => {
  it.each([
    { answer: { status: 500, text: 'oh' }, reason: /answers 500/ },
    {
      answer: { status: 401, text: '' },
      reason: /answers 401: it does not accept requests without credentials/,
    },
    {
      answer: { status: 200, text: '<html>hello</html>' },
      reason: /is not a metrics endpoint: it holds no metrics/,
    },
    {
      answer: { status: 200, text: 'istio_requests_total{reporter="source" 5\n' },
      reason: /line 1 cannot be read: istio_requests_total/,
    },
    {
      answer: { status: 200, text: 'istio_requests_total{reporter="source"}\n' },
      reason: /line 1 cannot be read/,
    },
  ])('$answer', async ({ answer, reason }) => {
    await using server = await MetricsServer.listening();
    server.answer = answer;
    const source = new EndpointSource({ urls: [server.url], interval: 1000 });
    expect(await source.look(question, undefined)).toEqual({
      kind: 'no-look',
      reason: expect.stringMatching(reason),
    });
  });

  it('an endpoint that never answers ends with the time limit', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    const source = new EndpointSource({
      urls: [new URL(`http://127.0.0.1:${port}/`)],
      interval: 1000,
      timeoutMs: 50,
    });
    expect(await source.look(question, undefined)).toMatchObject({
      reason: expect.stringMatching(/not answered within 0.05 s/),
    });
    silent.close();
  });
});

it('credentials and headers are sent, and never shown', async () => {
  await using server = await MetricsServer.listening();
  const url = new URL(server.url);
  url.username = 'me';
  url.password = 'secret word';
  await new EndpointSource({ urls: [url], interval: 1000, headers: { 'x-scope-orgid': 'a' } }).look(
    question,
    undefined,
  );
  const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  const files = { basicAuthFile: join(folder, 'basic'), bearerTokenFile: join(folder, 'token') };
  await writeFile(files.basicAuthFile, 'me:pass:word\n');
  await writeFile(files.bearerTokenFile, 'abc\n');
  for (const [option, path] of Object.entries(files)) {
    const source = new EndpointSource({ urls: [server.url], interval: 1000, [option]: path });
    await source.look(question, undefined);
    await rm(path);
    expect(await source.look(question, undefined)).toMatchObject({
      reason: expect.stringContaining(`${path}, does not exist`),
    });
  }
  expect(server.asked.map(({ authorization, 'x-scope-orgid': scope }) => [authorization, scope])).toEqual([
    [`Basic ${Buffer.from('me:secret word').toString('base64')}`, 'a'],
    [`Basic ${Buffer.from('me:pass:word').toString('base64')}`, undefined],
    ['Bearer abc', undefined],
  ]);
  server.answer = { status: 403, text: '' };
  const refused = await new EndpointSource({ urls: [url], interval: 1000 }).look(question, undefined);
  expect(refused).toMatchObject({
    reason: expect.stringMatching(/answers 403: it forbids this to the user and password in the URL$/),
  });
  expect(JSON.stringify(refused)).not.toContain('secret');
});
