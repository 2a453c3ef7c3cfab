import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { RawClient } from '../../test/raw-client.js';
import { routing, rulesText } from '../../test/rules.js';
import type { AccessRecord } from './access-record.js';
import type { ProxyOptions, Routing } from './options.js';
import { createProxy, type MeshProxy } from './proxy.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const get = 'GET /hello HTTP/1.1\r\nHost: back.ext\r\nConnection: close\r\n\r\n';
const overflow = 'upstream connect error or disconnect/reset before headers. reset reason: overflow';

/** A backend that answers when it is told to. */
class Held {
  readonly server: Server;
  readonly waiting: ServerResponse[] = [];
  connections = 0;
  seen = 0;

  constructor(private readonly answer?: (response: ServerResponse) => void) {
    this.server = createServer((_request, response) => {
      this.seen++;
      if (this.answer === undefined) this.waiting.push(response);
      else this.answer(response);
    });
    this.server.on('connection', () => this.connections++);
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  release(): void {
    for (const response of this.waiting.splice(0)) response.end('ok');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function destinationRule(policy: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: back, namespace: hello-page}
spec: {host: back.ext, trafficPolicy: ${policy}}`;
}

describe("a DestinationRule's limits", () => {
  let proxy: MeshProxy;
  let port: number;
  let records: AccessRecord[];
  let rules: Routing & Pick<ProxyOptions, 'inspection'>;
  const backends: Held[] = [];

  afterEach(async () => {
    await proxy.close();
    await Promise.all(backends.splice(0).map((backend) => backend.stop()));
  });

  async function backend(answer?: (response: ServerResponse) => void): Promise<Held> {
    const held = await new Held(answer).listen();
    backends.push(held);
    return held;
  }

  async function start(policy: string, http = ''): Promise<void> {
    records = [];
    const ports = backends.map((one) => one.port);
    rules = routing(rulesText(ports, http, destinationRule(policy)));
    proxy = createProxy({
      route: (request, draw) => rules.route(request, draw),
      routeConnection: (connection, draw) => rules.routeConnection(connection, draw),
      routeHttpConnection: (to, draw) => rules.routeHttpConnection(to, draw),
      onComplete: (record) => records.push(record),
    });
    port = (await proxy.listen({ host: '127.0.0.1', port: 0 })).port;
  }

  function ask(): Promise<string> {
    return new RawClient(port).send(get).untilClosed();
  }

  it('one connection, one request waiting for it: the third is turned away at once, as by Envoy', async () => {
    const held = await backend();
    await start('{connectionPool: {tcp: {maxConnections: 1}, http: {http1MaxPendingRequests: 1}}}');
    const first = ask();
    await until(() => held.seen === 1);
    const second = ask();
    await until(() => proxy.stats.activeRequests === 2);
    const third = await ask();
    expect(third).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(third).toContain('x-envoy-overloaded: true\r\n');
    expect(third).toContain(overflow);
    expect(records[0]).toMatchObject({ flags: ['UO'], attempts: 1 });
    held.release();
    expect(await first).toContain('200 OK');
    await until(() => held.seen === 2);
    held.release();
    expect(await second).toContain('200 OK');
    expect(held.connections).toBe(1);
  });

  it('so many requests at once, and room again when one is over', async () => {
    const held = await backend();
    await start('{connectionPool: {http: {http2MaxRequests: 2}}}');
    const under = [ask(), ask()];
    await until(() => held.seen === 2);
    expect(await ask()).toContain(overflow);
    held.release();
    await Promise.all(under);
    const next = ask();
    await until(() => held.seen === 3);
    held.release();
    expect(await next).toContain('200 OK');
  });

  it('a connection is closed after as many requests as it may have', async () => {
    const held = await backend((response) => response.end('ok'));
    await start('{connectionPool: {http: {maxRequestsPerConnection: 2}}}');
    for (let i = 0; i < 5; i++) expect(await ask()).toContain('200 OK');
    expect(held.connections).toBe(3);
  });

  it('retries under way are limited', async () => {
    const failing = await backend();
    await start(
      '{connectionPool: {http: {maxRetries: 1}}}',
      '[{route: [{destination: {host: back.ext}}], retries: {attempts: 1, retryOn: 5xx}}]',
    );
    const first = ask();
    await until(() => failing.waiting.length === 1);
    failing.waiting.shift()?.writeHead(500).end();
    // Its retry is held: it is the one that may be under way.
    await until(() => failing.seen === 2);
    const second = ask();
    await until(() => failing.seen === 3);
    failing.waiting.at(-1)?.writeHead(500).end('no retry');
    expect(await second).toMatch(/^HTTP\/1\.1 500 /);
    expect(records[0]).toMatchObject({ attempts: 1, flags: ['UO'] });
    failing.release();
    expect(await first).toContain('200 OK');
    expect(failing.seen).toBe(3);
  });

  it('limits go on counting when the rules are read anew', async () => {
    const held = await backend();
    const policy = '{connectionPool: {http: {http2MaxRequests: 1}}}';
    await start(policy);
    const first = ask();
    await until(() => held.seen === 1);
    rules = routing(rulesText([held.port], '', destinationRule(policy)));
    expect(await ask()).toContain(overflow);
    held.release();
    expect(await first).toContain('200 OK');
  });

  describe('outlier detection', () => {
    const twice =
      '{outlierDetection: {consecutive5xxErrors: 2, interval: 1s, baseEjectionTime: 30s, maxEjectionPercent: 100}}';

    it('an endpoint that fails in a row is asked no more, also when the rules are read anew', async () => {
      const bad = await backend((response) => response.writeHead(500).end());
      const good = await backend((response) => response.end('ok'));
      await start(twice);
      while (bad.seen < 2) await ask();
      const before = bad.seen;
      rules = routing(rulesText([bad.port, good.port], '', destinationRule(twice)));
      for (let i = 0; i < 20; i++) expect(await ask()).toContain('200 OK');
      expect(bad.seen).toBe(before);
    });

    it('an endpoint that refuses connections counts as failing', async () => {
      const gone = await backend();
      const good = await backend((response) => response.end('ok'));
      await start(twice);
      await gone.stop();
      for (let i = 0; i < 10; i++) await ask();
      records.length = 0;
      for (let i = 0; i < 20; i++) expect(await ask()).toContain('200 OK');
      expect(records.every(({ attempts }) => attempts === 1)).toBe(true);
      expect(good.seen).toBeGreaterThanOrEqual(20);
    });

    it('an endpoint comes back when its time is over', async () => {
      let fails = true;
      const only = await backend((response) => {
        response.writeHead(fails ? 500 : 200).end();
      });
      await start(
        '{outlierDetection: {consecutive5xxErrors: 1, interval: 0.2s, baseEjectionTime: 0.3s, maxEjectionPercent: 100}}',
      );
      expect(await ask()).toMatch(/^HTTP\/1\.1 500 /);
      expect(await ask()).toContain('no healthy upstream');
      fails = false;
      let answer = '';
      while (!answer.startsWith('HTTP/1.1 200 ')) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        answer = await ask();
      }
      expect(only.seen).toBe(2);
    });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
