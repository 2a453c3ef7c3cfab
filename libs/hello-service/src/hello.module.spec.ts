import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createService, Lifecycle, type Service } from '@grayscale/service-runtime';
import request from 'supertest';
import { HelloModule, helloSettings } from './index.js';

let service: Service;

async function start(environment: Record<string, string>, draw = 0.5) {
  const options = {
    name: 'hello',
    defaultPort: 0,
    settings: helloSettings,
    environment: { REQUEST_LOG: 'none', ...environment },
  };
  service = await createService(HelloModule.forRoot({ version: 2, random: () => draw }), options);
  await service.app.listen(0, '127.0.0.1');
  // Supertest asks 127.0.0.1 and lets Node write the Host: what a program of this machine does.
  return request(service.app.getHttpServer());
}

async function ask(environment: Record<string, string>, draw = 0.5) {
  return (await start(environment, draw)).get('/hello');
}

afterEach(() => service.app.close());

describe('GET /hello', () => {
  it('answers with the version as plain text', async () => {
    const response = await ask({});
    expect([response.status, response.text]).toEqual([200, 'hello 2']);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it.each([
    ['0', 0, 200],
    ['15', 0, 500],
    ['15', 0.1499, 500],
    ['15', 0.15, 200],
    ['0.5', 0.0049, 500],
    ['0.5', 0.005, 200],
    ['100', 0.9999, 500],
  ])('with ERROR_RATE=%s and the draw %d answers %d', async (rate, draw, status) => {
    expect((await ask({ ERROR_RATE: rate }, draw)).status).toBe(status);
  });

  it('waits for LATENCY_MS', async () => {
    const started = performance.now();
    await ask({ LATENCY_MS: '60' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  });
});

describe('faults that change while the service runs', () => {
  it('are not to be had unless the service was started for it', async () => {
    const client = await start({});
    for (const answer of [
      await client.get('/faults'),
      await client.put('/faults').send({ errorRate: 100 }),
    ]) {
      expect([answer.status, answer.text]).toEqual([404, expect.stringContaining('FAULT_CONTROL=on')]);
    }
    expect((await client.get('/hello')).status).toBe(200);
  });

  it('begin with the settings, and act on the next request', async () => {
    const client = await start({ FAULT_CONTROL: 'on', ERROR_RATE: '15' }, 0.5);
    const before = await client.get('/faults');
    expect(before.body).toEqual({ errorRate: 15, latencyMs: 0, silent: false });
    expect((await client.get('/hello')).status).toBe(200);
    const changed = await client.put('/faults').send({ errorRate: 51 });
    expect([changed.status, changed.body]).toEqual([200, { errorRate: 51, latencyMs: 0, silent: false }]);
    expect((await client.get('/hello')).status).toBe(500);
    await client.put('/faults').send({ errorRate: 0, latencyMs: 60 });
    const started = performance.now();
    expect((await client.get('/hello')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(59);
  });

  it.each([
    [{ errorRate: 101 }, /^errorRate must be a number from 0 to 100/],
    [{ errorRate: '20' }, /^errorRate must be a number/],
    [{ latencyMs: 1.5 }, /^latencyMs must be a whole number/],
    [{ silent: 'no' }, /^silent must be true or false/],
    [{ errorrate: 5 }, /^errorrate is unknown; use errorRate, latencyMs, silent/],
    [[5], /^Send a JSON object/],
  ])('refuse %j whole, and say why', async (body, message) => {
    const client = await start({ FAULT_CONTROL: 'on', ERROR_RATE: '15' });
    const refused = await client.put('/faults').send(body);
    expect([refused.status, refused.text]).toEqual([400, expect.stringMatching(message)]);
    expect((await client.get('/faults')).body).toEqual({ errorRate: 15, latencyMs: 0, silent: false });
  });

  it('are not for pages of other sites', async () => {
    const client = await start({ FAULT_CONTROL: 'on' });
    const refused = await client.put('/faults').set('origin', 'http://evil.example').send({ errorRate: 100 });
    expect(refused.status).toBe(403);
    expect((await client.get('/hello')).status).toBe(200);
  });

  describe('silence', () => {
    /** A request that the silent service has taken, and how it ends. */
    async function askSilent() {
      const client = await start({ FAULT_CONTROL: 'on' });
      await client.put('/faults').send({ silent: true });
      const server = service.app.getHttpServer();
      const taken = once(server, 'request');
      const sent = get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, path: '/hello' });
      const outcome = once(sent, 'response').then(
        ([{ statusCode }]) => statusCode,
        () => 'given up',
      );
      await taken;
      return { client, sent, outcome };
    }

    it('leaves a request without an answer until its caller gives up', async () => {
      const { client, sent, outcome } = await askSilent();
      await client.put('/faults').send({ silent: false });
      expect((await client.get('/hello')).status).toBe(200);
      sent.destroy();
      expect(await outcome).toBe('given up');
    });

    it('ends when the service stops', async () => {
      const { outcome } = await askSilent();
      service.app.get(Lifecycle).startDraining();
      expect(await outcome).toBe(503);
    });
  });
});
