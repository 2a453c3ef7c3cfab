import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { bucketOf } from '@grayscale/header-propagation';
import { createService, type Service } from '@grayscale/service-runtime';
import request from 'supertest';
import { AppModule } from '../app.module.js';
import { helloPageSettings } from '../settings.js';

interface Upstream {
  readonly server: Server;
  readonly port: string;
  /** The requests that came, in order. */
  readonly seen: IncomingMessage[];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const hello: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('hello 1');
};

async function startUpstream(answer: { current: Answer }, address = '127.0.0.1'): Promise<Upstream> {
  const seen: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    seen.push(incoming);
    answer.current(incoming, response);
  });
  await once(server.listen(0, address), 'listening');
  return { server, seen, port: String((server.address() as AddressInfo).port) };
}

async function startPage(environment: Record<string, string>): Promise<Service> {
  const settings = { REQUEST_LOG: 'none', ...environment };
  const options = { name: 'hello-page', defaultPort: 0, settings: helloPageSettings, environment: settings };
  const service = await createService(AppModule, options);
  await service.app.listen(0, '127.0.0.1');
  return service;
}

const answer = { current: hello };
let upstream: Upstream;
let page: Service;
const ask = (path: string) => request(page.app.getHttpServer()).get(path);
const lastUser = () => upstream.seen.at(-1)?.headersDistinct.user;

beforeAll(async () => {
  upstream = await startUpstream(answer);
  page = await startPage({ HELLO_SERVICE: '127.0.0.1', HELLO_PORT: upstream.port });
});

afterAll(async () => {
  upstream.server.closeAllConnections();
  upstream.server.close();
  await page.app.close();
});

beforeEach(() => {
  answer.current = hello;
  upstream.seen.length = 0;
});

describe('GET /page', () => {
  it('gives the greeting as plain text, whatever the upstream calls it', async () => {
    const response = await ask('/page?name=test').expect(200, 'hello 1');
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(upstream.seen.at(-1)?.url).toBe('/hello');
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from('\uFEFF你好 1')],
    ['Latin-1', Buffer.from('gr\u00fcezi', 'latin1')],
    ['nothing', Buffer.alloc(0)],
  ])('gives %s back byte for byte', async (_what, bytes) => {
    answer.current = (_request, response) => void response.end(bytes);
    const response = await ask('/page')
      .buffer(true)
      .parse((incoming, done) => {
        buffer(incoming as never).then(
          (body) => done(null, body),
          (error) => done(error, undefined),
        );
      })
      .expect(200);
    expect(response.body).toEqual(bytes);
  });

  it.each([
    ['test', 'test'],
    ['zhang+san', 'zhang san'],
    ['a%2Bb', 'a+b'],
    ['%E5%BC%A0%E4%B8%89', '张三'],
    ['%F0%9F%98%80', '😀'],
    ['%25E5', '%E5'],
    ['a%26name%3Db', 'a&name=b'],
    ['a%2Cb', 'a,b'],
    ['n%22quoted%22', 'n"quoted"'],
    ['A'.repeat(8192), 'A'.repeat(8192)],
    ['%E5%BC%A0'.repeat(2730), '张'.repeat(2730)],
  ])('sends name=%.40s as the header user, in UTF-8', async (encoded, user) => {
    await ask(`/page?name=${encoded}`).expect(200, 'hello 1');
    expect(lastUser()).toEqual([Buffer.from(user).toString('latin1')]);
  });

  it.each(['/page', '/page?', '/page?name=', '/page?name', '/page?other=x'])(
    'sends no user for %s',
    async (path) => {
      await ask(path).expect(200, 'hello 1');
      expect(lastUser()).toBeUndefined();
    },
  );

  it('sends the bucket of the user, and never the one of the caller', async () => {
    await ask('/page?name=test').set('x-bucket', '0000').expect(200);
    expect(upstream.seen.at(-1)?.headers).toMatchObject({
      'x-bucket': bucketOf('test', { salt: 'hello-page' }),
    });
    await ask('/page').set('x-bucket', '0000').expect(200);
    expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('x-bucket');
  });

  it('takes no user from the caller, but the trace', async () => {
    const trace = {
      'x-request-id': 'id-1',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    };
    await ask('/page')
      .set({ user: 'test', ...trace })
      .expect(200);
    expect(upstream.seen.at(-1)?.headers).toMatchObject(trace);
    expect(lastUser()).toBeUndefined();
    await ask('/page?name=other').set('user', 'test').expect(200);
    expect(lastUser()).toEqual(['other']);
  });

  it.each([
    ['%0d%0aevil:%20x', /control character U\+000D/],
    ['a%0Ab', /control character U\+000A/],
    ['a%00b', /control character U\+0000/],
    ['a%09b', /control character U\+0009/],
    ['%7f', /control character U\+007F/],
    ['%C2%85', /control character U\+0085/],
    ['%20test', /begins or ends with a space/],
    ['test+', /begins or ends with a space/],
    ['%FF', /not valid UTF-8/],
    ['%ED%A0%80', /not valid UTF-8/],
    ['100%', /% that no two hexadecimal digits follow/],
    ['a&name=b', /given 2 times/],
    ['a&n%61me=a', /given 2 times/],
    ['&name=', /given 2 times/],
    ['A'.repeat(8193), /8193 bytes .* more than the 8192/],
  ])('refuses name=%.40s', async (encoded, reason) => {
    const response = await ask(`/page?name=${encoded}`).expect(400);
    expect(response.text).toMatch(reason);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(upstream.seen).toHaveLength(0);
  });
});

describe('a raw socket', () => {
  async function send(lines: string): Promise<string> {
    const socket = connect((page.app.getHttpServer().address() as AddressInfo).port, '127.0.0.1');
    socket.end(Buffer.from(lines, 'latin1'));
    return text(socket);
  }
  const get = (target: string) => send(`GET ${target} HTTP/1.1\r\nhost: page\r\nconnection: close\r\n\r\n`);

  it.each([
    ['a bare line break', '/page?name=a\r\nuser: test'],
    ['a bare line feed', '/page?name=a\nuser: test'],
    ['a bare NUL', '/page?name=a\0b'],
    ['a bare tab', '/page?name=a\tb'],
    ['a bare space', '/page?name=a b'],
    ['bytes that are not percent-encoded', `/page?name=${Buffer.from('张三').toString('latin1')}`],
  ])('cannot slip in a user with %s', async (_what, target) => {
    expect(await get(target)).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.seen.map(({ headers }) => headers.user)).toEqual([]);
  });

  it('learns that 100 kB are too much', async () => {
    const answered = await get(`/page?name=${'A'.repeat(100_000)}`);
    expect(answered).toMatch(/^HTTP\/1\.1 431 [\s\S]*longer than 65536 bytes/);
    await ask('/page').expect(200);
  });
});

describe('trouble upstream', () => {
  it.each([404, 500, 503])('passes status %d on as 502 that names it', async (status) => {
    answer.current = (_request, response) => void response.writeHead(status).end('no healthy upstream\n');
    const told = `127.0.0.1:${upstream.port} answered ${status}: no healthy upstream\n`;
    await ask('/page').expect(502, told);
    const problem = await ask('/page').set('accept', 'application/json').expect(502);
    expect(problem.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(problem.body).toMatchObject({ status: 502, title: 'Bad Gateway', upstreamStatus: status });
  });

  it('quotes no more than a line of it', async () => {
    answer.current = (_request, response) => void response.writeHead(500).end('long '.repeat(1000));
    const response = await ask('/page').expect(502);
    expect(response.text.length).toBeLessThan(300);
  });

  it('names a status without a body', async () => {
    answer.current = (_request, response) => void response.writeHead(404).end();
    await ask('/page').expect(502, `127.0.0.1:${upstream.port} answered 404\n`);
  });

  it('is 504 when no answer comes in time', async () => {
    answer.current = () => undefined;
    const environment = { HELLO_SERVICE: '127.0.0.1', HELLO_PORT: upstream.port, HELLO_TIMEOUT_MS: '100' };
    const impatient = await startPage(environment);
    try {
      const response = await request(impatient.app.getHttpServer()).get('/page').expect(504);
      expect(response.text).toMatch(/did not answer in time: timeout of 100ms exceeded/);
    } finally {
      await impatient.app.close();
    }
  });

  it('is 502 when the answer breaks off or is endless', async () => {
    answer.current = (incoming) => void incoming.socket.destroy();
    expect((await ask('/page').expect(502)).text).toMatch(/connection was reset/);
    answer.current = (_request, response) => void response.end(Buffer.alloc(100_000));
    expect((await ask('/page').expect(502)).text).toMatch(/the answer is longer than 65536 bytes/);
  });

  it.each(['::1', '[::1]'])('asks a service at %s', async (address) => {
    const { server, port, seen } = await startUpstream(answer, '::1');
    const service = await startPage({ HELLO_SERVICE: address, HELLO_PORT: port });
    try {
      await request(service.app.getHttpServer()).get('/page?name=test').expect(200, 'hello 1');
      expect(seen.at(-1)?.headersDistinct.user).toEqual(['test']);
    } finally {
      await service.app.close();
      server.closeAllConnections();
      server.close();
    }
  });

  it.each([
    ['nobody listens', { HELLO_SERVICE: '127.0.0.1', HELLO_PORT: '1' }, /connection was refused/],
    [
      'the name does not resolve',
      { HELLO_SERVICE: 'no-such-host.invalid' },
      /name (does not|cannot be) resolve/,
    ],
  ])('is 502 when %s', async (_what, environment, reason) => {
    const lost = await startPage(environment);
    try {
      const response = await request(lost.app.getHttpServer()).get('/page').expect(502);
      expect(response.text).toMatch(reason);
    } finally {
      await lost.app.close();
    }
  });
});
