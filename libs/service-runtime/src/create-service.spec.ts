import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { Body, Controller, Get, HttpException, Module, Post } from '@nestjs/common';
import request from 'supertest';
import { createService, Lifecycle, ProblemException, type Service, shutDown } from './index.js';

let release: () => void = () => undefined;

@Controller()
class TestController {
  @Get('items/:id') item(): string {
    return 'an item';
  }
  @Post('items') create(@Body() body: unknown): unknown {
    return body;
  }
  @Get('broken') broken(): never {
    throw new Error('secret of the inside');
  }
  @Get('refused') refused(): never {
    throw new ProblemException({ status: 502, detail: 'not today', members: { upstreamStatus: 503 } });
  }
  @Get('nest') nest(): never {
    throw new HttpException('a teapot', 418);
  }
  @Get('held') async held(): Promise<string> {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return 'held no longer';
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

let service: Service;
let lines: string[];
const http = () => request(service.app.getHttpServer());
const port = () => (service.app.getHttpServer().address() as AddressInfo).port;

async function start(environment: Record<string, string> = {}): Promise<void> {
  service = await createService(TestModule, { name: 'test', defaultPort: 0, environment });
  await service.app.listen(0, '127.0.0.1');
}

beforeEach(() => {
  lines = [];
  const collect = (line: unknown) => Boolean(lines.push(String(line)));
  jest.spyOn(process.stdout, 'write').mockImplementation(collect);
  jest.spyOn(process.stderr, 'write').mockImplementation(collect);
});

afterEach(async () => {
  await service.app.close();
  jest.restoreAllMocks();
});

describe('probes', () => {
  it('are up while the service runs, and readiness falls first', async () => {
    await start();
    for (const path of ['/livez', '/readyz', '/healthz']) await http().get(path).expect(200);
    service.app.get(Lifecycle).startDraining();
    await http().get('/livez').expect(200);
    for (const path of ['/readyz', '/healthz']) {
      const response = await http().get(path).expect(503);
      expect(response.body.details.lifecycle).toMatchObject({ status: 'down', state: 'draining' });
    }
  });
});

describe('metrics', () => {
  it('count by route pattern, method and status, never by raw path', async () => {
    await start();
    await http().get('/items/secret-1?token=x').expect(200);
    await http().get('/items/secret-2').expect(200);
    await http().get('/secret-3').expect(404);
    const { text: metrics } = await http()
      .get('/metrics')
      .expect(200)
      .expect('content-type', /^text\/plain/);
    expect(metrics).toContain('http_requests_total{method="GET",route="/items/:id",status="200"} 2');
    expect(metrics).toContain('http_requests_total{method="GET",route="unmatched",status="404"} 1');
    expect(metrics).toContain(
      'http_request_duration_seconds_count{method="GET",route="/items/:id",status="200"} 2',
    );
    expect(metrics).toContain('process_cpu_user_seconds_total');
    expect(metrics).not.toContain('secret');
  });
});

describe('errors', () => {
  beforeEach(() => start());

  it.each([
    ['get', '/nowhere', 404, 'Not Found\n'],
    ['post', '/items/1', 405, 'Method Not Allowed, use GET, HEAD\n'],
    ['get', '/items', 405, 'Method Not Allowed, use POST\n'],
    ['delete', '/metrics', 405, 'Method Not Allowed, use GET, HEAD\n'],
    ['get', '/broken', 500, 'Internal Server Error\n'],
    ['get', '/refused', 502, 'not today\n'],
    ['get', '/nest', 418, 'a teapot\n'],
    ['get', '/%zz', 400, 'The path of the request is not well-formed\n'],
  ] as const)('%s %s is %d', async (method, path, status, body) => {
    const response = await http()[method](path).expect(status);
    expect(response.text).toBe(body);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  it('name the methods that a path takes', async () => {
    await http().put('/items/1').expect('allow', 'GET, HEAD');
  });

  it.each([
    ['application/json', true],
    ['application/problem+json', true],
    ['application/json, text/plain, */*', true],
    ['*/*', false],
    ['text/html,application/xhtml+xml,*/*;q=0.8', false],
    ['text/plain, application/json;q=0.5', false],
    ['application/json;q=0', false],
  ])('with Accept: %s are problem+json: %s', async (accept, isJson) => {
    const response = await http().get('/refused').set('accept', accept).expect(502);
    const json = {
      type: 'about:blank',
      title: 'Bad Gateway',
      status: 502,
      detail: 'not today',
      upstreamStatus: 503,
    };
    expect(response.headers['content-type']).toMatch(isJson ? /^application\/problem\+json/ : /^text\/plain/);
    expect(response.text).toBe(isJson ? JSON.stringify(json) : 'not today\n');
  });

  it('keep the inside in the log', async () => {
    const response = await http().get('/broken');
    expect(JSON.stringify(response)).not.toContain('secret of the inside');
    expect(lines.join('')).toContain('secret of the inside');
  });

  it('refuse a body that is too large, or no JSON', async () => {
    await http()
      .post('/items')
      .send({ a: 'x'.repeat(70_000) })
      .expect(413);
    await http().post('/items').set('content-type', 'application/json').send('{').expect(400);
    await http().post('/items').set('content-type', 'text/odd').send('x').expect(415);
  });
});

describe('hardening', () => {
  beforeEach(() => start());

  it('sends security headers and no banner', async () => {
    const { headers } = await http().get('/items/1');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    for (const name of ['server', 'x-powered-by', 'strict-transport-security'])
      expect(headers[name]).toBeUndefined();
  });

  it('keeps idle connections for longer than a proxy does', async () => {
    const { keepAliveTimeout, requestTimeout, headersTimeout } = service.app.getHttpServer();
    expect(keepAliveTimeout).toBeGreaterThan(3_600_000);
    expect(requestTimeout).toBeGreaterThan(300_000);
    expect(headersTimeout).toBeLessThan(requestTimeout);
  });

  it.each([
    ['too long a head', `GET /items/1 HTTP/1.1\r\nx: ${'a'.repeat(300_000)}\r\n\r\n`, 431],
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    [
      'two lengths',
      'POST /items HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      400,
    ],
    ['no version', 'GET /items/1\r\n\r\n', 400],
    ['no Host', 'GET /items/1 HTTP/1.1\r\n\r\n', 400],
  ])('answers %s and goes on', async (_what, bytes, status) => {
    const socket = connect(port(), '127.0.0.1');
    socket.end(bytes);
    expect(await text(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    await http().get('/items/1').expect(200);
  });
});

describe('the request log', () => {
  const REQUEST_ID = '6f1f0a4e-5b0c-4f0e-9d3c-0a0b0c0d0e0f';
  const requests = () => lines.filter((line) => line.includes('Request'));

  it('has one JSON line a request in production, with trace identifiers and no user data', async () => {
    await start({ NODE_ENV: 'production' });
    await http().get('/items/secret?name=secret').set({ 'x-request-id': REQUEST_ID, user: 'secret' });
    await http().get('/readyz');
    expect(requests()).toHaveLength(1);
    expect(JSON.parse(requests()[0] ?? '')).toMatchObject({
      level: 'log',
      context: 'Request',
      method: 'GET',
      route: '/items/:id',
      status: 200,
      requestId: REQUEST_ID,
    });
    expect(lines.join('')).not.toContain('secret');
  });

  it('has text for people otherwise, and drops identifiers that are none', async () => {
    await start({});
    await http().get('/items/1').set('x-request-id', REQUEST_ID);
    await http().get('/items/1').set('x-request-id', 'a b'.repeat(200));
    expect(requests()[0]).toMatch(new RegExp(`GET /items/:id 200 [\\d.]+ ms ${REQUEST_ID}`));
    expect(requests()[1]).not.toContain('a b');
  });

  it.each([
    ['errors', 1],
    ['none', 0],
  ])('can be turned down to %s', async (which, count) => {
    await start({ REQUEST_LOG: which });
    await http().get('/items/1');
    await http().get('/refused');
    expect(requests()).toHaveLength(count);
  });
});

describe('shutDown', () => {
  it('answers what is in flight, and tells late requests to close their connection', async () => {
    await start();
    const held = http().get('/held');
    const answered = held.then((response) => response);
    await once(service.app.getHttpServer(), 'request');
    const stopped = shutDown(service.app, { SHUTDOWN_DELAY_MS: 2000, SHUTDOWN_GRACE_MS: 10_000 });
    await http().get('/readyz').expect(503).expect('connection', 'close');
    await http().get('/items/1').expect(200).expect('connection', 'close');
    release();
    expect((await answered).text).toBe('held no longer');
    await stopped;
    expect(service.app.getHttpServer().listening).toBe(false);
  });

  it('closes idle keep-alive connections', async () => {
    await start();
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET /items/1 HTTP/1.1\r\nhost: h\r\n\r\n');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    await shutDown(service.app, { SHUTDOWN_DELAY_MS: 0, SHUTDOWN_GRACE_MS: 10_000 });
    await closed;
  });

  it('cuts what is left when the grace period is over, and says so', async () => {
    await start();
    const cut = http()
      .get('/held')
      .then(
        () => 'answered',
        () => 'cut',
      );
    await once(service.app.getHttpServer(), 'request');
    await shutDown(service.app, { SHUTDOWN_DELAY_MS: 0, SHUTDOWN_GRACE_MS: 50 });
    expect(await cut).toBe('cut');
    expect(lines.join('')).toContain('still in flight after 50 ms');
    release();
  });
});
