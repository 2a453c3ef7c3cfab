import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import { UndiciTransport } from './index.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const LATIN1_USER = Buffer.from('张三').toString('latin1');

const handlers: Record<string, Handler> = {
  '/echo': async (request, response) => {
    const body = await text(request);
    const { method, url, rawHeaders } = request;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, rawHeaders, headers: request.headersDistinct, body }));
  },
  '/headers': (_request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.setHeader('x-from', ['a', 'b']);
    response.setHeader('x-bytes', LATIN1_USER);
    response.writeHead(201, 'Made').end();
  },
  '/slow': () => undefined,
  '/half': (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => setTimeout(() => response.destroy(), 20));
  },
  '/drop': (request) => void request.socket.destroy(),
  '/trickle': (_request, response) => void response.write('start'),
  '/large': (_request, response) => void response.end(Buffer.alloc(100_000, 'x')),
  '/bom': (_request, response) => void response.end('\uFEFFhello'),
  '/gzip': (_request, response) => encoded(response, 'gzip', gzipSync('squeezed')),
  '/deflate': (_request, response) => encoded(response, 'deflate', deflateSync('squeezed')),
  '/deflate-raw': (_request, response) => encoded(response, 'deflate', deflateRawSync('squeezed')),
  '/br': (_request, response) => encoded(response, 'br', brotliCompressSync('squeezed')),
  '/bomb': (_request, response) => encoded(response, 'gzip', gzipSync(Buffer.alloc(1_000_000))),
  '/loop': (_request, response) => void response.writeHead(302, { location: '/loop' }).end(),
  '/to-echo': (request, response) =>
    void response.writeHead(Number(request.headers['x-status'] ?? 302), { location: '/echo' }).end(),
};

function encoded(response: ServerResponse, coding: string, body: Buffer): void {
  response.writeHead(200, { 'content-encoding': coding }).end(body);
}

async function listen(handler: Handler): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => void handler(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

let origin: { server: Server; url: string };
let elsewhere: { server: Server; url: string };
let refused: string;
const transport = new UndiciTransport();

beforeAll(async () => {
  const handler: Handler = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    const status = /^\/status\/(\d+)$/.exec(path)?.[1];
    if (status !== undefined) return void response.writeHead(Number(status)).end('the body');
    return handlers[path]?.(request, response);
  };
  origin = await listen(handler);
  elsewhere = await listen((_request, response) => {
    response.writeHead(302, { location: `${origin.url}/echo` }).end();
  });
  const closed = await listen(() => undefined);
  refused = closed.url;
  closed.server.close();
});

afterAll(async () => {
  await transport.close();
  for (const { server } of [origin, elsewhere]) {
    server.closeAllConnections();
    server.close();
  }
});

describe.each([
  ['the undici adapter', transport.adapter],
  ["axios' own http adapter", 'http' as const],
])('%s', (_name, adapter) => {
  let client: AxiosInstance;
  const failure = (config: AxiosRequestConfig) =>
    client.request(config).then(
      () => undefined,
      (error: unknown) => error as { code: string; message: string },
    );

  beforeAll(() => {
    client = axios.create({ adapter, baseURL: origin.url, proxy: false });
  });

  it('sends method, path, parameters and JSON, and reads JSON', async () => {
    const { data, status } = await client.post('/echo', { a: 1 }, { params: { q: 'x y' } });
    expect(status).toBe(200);
    expect(data).toMatchObject({ method: 'POST', url: '/echo?q=x+y', body: '{"a":1}' });
    expect(data.headers['content-type']).toEqual(['application/json']);
    expect(data.headers['content-length']).toEqual(['7']);
  });

  it('sends header values byte for byte, and several values as several lines', async () => {
    const { data } = await client.get('/echo', {
      headers: { user: LATIN1_USER, 'X-Many': ['a', 'b'] as unknown as string },
    });
    expect(data.headers.user).toEqual([LATIN1_USER]);
    expect(data.headers['x-many']).toEqual(['a', 'b']);
    expect(data.rawHeaders).toContain('X-Many');
  });

  it('names itself and the codings it reads, as axios does', async () => {
    const { data } = await client.get('/echo');
    expect(data.headers['user-agent']).toEqual([`axios/${axios.VERSION}`]);
    expect(data.headers['accept-encoding']).toEqual(['gzip, compress, deflate, br']);
    expect(data.headers.accept).toEqual(['application/json, text/plain, */*']);
  });

  it('folds repeated response headers as Node does', async () => {
    const response = await client.get('/headers');
    expect([response.status, response.statusText]).toEqual([201, 'Made']);
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(response.headers['x-from']).toBe('a, b');
    expect(response.headers['x-bytes']).toBe(LATIN1_USER);
  });

  it.each([
    ['a string', () => 'text', 'text'],
    ['a Buffer', () => Buffer.from('bytes'), 'bytes'],
    ['a typed array', () => new TextEncoder().encode('array'), 'array'],
    ['a stream', () => Readable.from(['one ', 'two']), 'one two'],
    ['URLSearchParams', () => new URLSearchParams({ a: 'b c' }), 'a=b+c'],
    ['a Blob', () => new Blob(['blob']), 'blob'],
  ])('sends %s as the body', async (_what, body, expected) => {
    const { data } = await client.post('/echo', body(), { headers: { 'content-type': 'text/plain' } });
    expect(data.body).toBe(expected);
  });

  it('sends FormData with its boundary', async () => {
    const form = new FormData();
    form.set('field', 'value');
    const { data } = await client.post('/echo', form);
    const [, boundary = 'none'] = /boundary=(.+)$/.exec(data.headers['content-type'][0]) ?? [];
    expect(data.body).toContain(boundary);
    expect(data.body).toContain('name="field"\r\n\r\nvalue\r\n');
  });

  it.each(['/gzip', '/deflate', '/deflate-raw', '/br'])('decodes %s', async (path) => {
    const response = await client.get(path);
    expect(response.data).toBe('squeezed');
    expect(response.headers['content-encoding']).toBeUndefined();
    const stream = await client.get(path, { responseType: 'stream' });
    expect(await text(stream.data)).toBe('squeezed');
  });

  it('leaves the coding alone when it is told to', async () => {
    const { data, headers } = await client.get('/gzip', { decompress: false, responseType: 'arraybuffer' });
    expect(headers['content-encoding']).toBe('gzip');
    expect(data).toEqual(gzipSync('squeezed'));
  });

  it('gives the body as text, bytes or a stream', async () => {
    expect((await client.get('/bom', { responseType: 'text' })).data).toBe('hello');
    const bytes = await client.get('/bom', { responseType: 'arraybuffer' });
    expect(bytes.data).toEqual(Buffer.from('\uFEFFhello'));
    const stream = await client.get('/large', { responseType: 'stream' });
    expect(await text(stream.data)).toHaveLength(100_000);
  });

  it.each([
    [404, 'ERR_BAD_REQUEST'],
    [503, 'ERR_BAD_RESPONSE'],
  ])('makes an error of status %d', async (status, code) => {
    expect(await failure({ url: `/status/${status}` })).toMatchObject({
      code,
      message: `Request failed with status code ${status}`,
      response: { status, data: 'the body' },
    });
  });

  it('lets validateStatus decide', async () => {
    const { status } = await client.get('/status/503', { validateStatus: () => true });
    expect(status).toBe(503);
  });

  it('tells refused connections, unknown names and dropped connections apart', async () => {
    expect(await failure({ url: refused })).toMatchObject({ code: 'ECONNREFUSED' });
    expect(await failure({ url: 'http://no-such-host.invalid/' })).toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
    });
    expect(await failure({ url: '/drop' })).toMatchObject({ code: 'ECONNRESET', message: 'socket hang up' });
  });

  it('gives up after the timeout, with either code', async () => {
    const plain = await failure({ url: '/slow', timeout: 30 });
    expect(plain).toMatchObject({ code: 'ECONNABORTED', message: 'timeout of 30ms exceeded' });
    const transitional = { clarifyTimeoutError: true };
    expect(await failure({ url: '/slow', timeout: 30, transitional })).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('stops for a signal, before and during the request', async () => {
    const before = await failure({ url: '/slow', signal: AbortSignal.abort() });
    expect(before).toMatchObject({ code: 'ERR_CANCELED', name: 'CanceledError' });
    const controller = new AbortController();
    const during = failure({ url: '/slow', signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect(await during).toMatchObject({ code: 'ERR_CANCELED' });
  });

  it('stops for a cancel token', async () => {
    const source = axios.CancelToken.source();
    const canceled = failure({ url: '/slow', cancelToken: source.token });
    setTimeout(() => source.cancel('enough'), 20);
    expect(await canceled).toMatchObject({ code: 'ERR_CANCELED', message: 'enough' });
  });

  it('ends a stream with an error when the signal comes', async () => {
    const controller = new AbortController();
    const { data } = await client.get('/trickle', { responseType: 'stream', signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(text(data)).rejects.toThrow();
  });

  it('reports a body that breaks off', async () => {
    expect(await failure({ url: '/half' })).toMatchObject({ message: expect.stringMatching(/aborted/) });
    const { data } = await client.get('/half', { responseType: 'stream' });
    await expect(text(data)).rejects.toThrow();
  });

  it('limits what it receives, decoded bytes included, and what it sends', async () => {
    const tooLong = { code: 'ERR_BAD_RESPONSE', message: 'maxContentLength size of 1000 exceeded' };
    expect(await failure({ url: '/large', maxContentLength: 1000 })).toMatchObject(tooLong);
    expect(await failure({ url: '/bomb', maxContentLength: 5000 })).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
    });
    const stream = await client.get('/large', { responseType: 'stream', maxContentLength: 1000 });
    await expect(text(stream.data)).rejects.toMatchObject(tooLong);
    const upload = { method: 'post', url: '/echo', data: 'x'.repeat(11), maxBodyLength: 10 };
    expect(await failure(upload)).toMatchObject({ code: 'ERR_BAD_REQUEST' });
  });

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'again'],
    [308, 'PUT', 'PUT', 'again'],
  ])('follows %d after %s with %s', async (status, method, then, body) => {
    const headers = { 'x-status': String(status) };
    const response = await client.request({ method, url: '/to-echo', data: 'again', headers });
    expect(response.data).toMatchObject({ method: then, body, url: '/echo' });
    expect(response.request.res.responseUrl).toBe(`${origin.url}/echo`);
  });

  it('keeps credentials at their origin, and asks beforeRedirect', async () => {
    const headers = { authorization: 'Bearer secret', cookie: 'a=b', 'x-kept': 'yes', 'x-dropped': 'no' };
    const { data } = await client.get(elsewhere.url, {
      headers,
      beforeRedirect: (options) => delete options.headers['x-dropped'],
    });
    expect(Object.keys(data.headers)).toContain('x-kept');
    for (const name of ['authorization', 'cookie', 'x-dropped']) expect(data.headers[name]).toBeUndefined();
  });

  it('follows as many redirects as it may', async () => {
    const response = await client.get('/loop', { maxRedirects: 0, validateStatus: () => true });
    expect(response.status).toBe(302);
    expect(await failure({ url: '/loop', maxRedirects: 3 })).toMatchObject({
      code: 'ERR_FR_TOO_MANY_REDIRECTS',
    });
  });

  it('asks a proxy in absolute form', async () => {
    const { hostname, port } = new URL(origin.url);
    const auth = { username: 'me', password: 'secret' };
    const proxy = { protocol: 'http', host: hostname, port: Number(port), auth };
    const { data } = await client.get('http://hello.com/echo?a=b', { proxy });
    expect(data.url).toBe('http://hello.com/echo?a=b');
    expect(data.headers.host).toEqual(['hello.com']);
    expect(data.headers['proxy-authorization']).toEqual(['Basic bWU6c2VjcmV0']);
  });

  it('sends credentials of `auth` and of the URL', async () => {
    const auth = { username: 'a', password: 'b' };
    const expected = ['Basic YTpi'];
    expect((await client.get('/echo', { auth })).data.headers.authorization).toEqual(expected);
    const url = `${origin.url.replace('//', '//a:b@')}/echo`;
    expect((await client.get(url)).data.headers.authorization).toEqual(expected);
  });

  it('refuses what is not HTTP', async () => {
    expect(await failure({ url: 'ftp://127.0.0.1/' })).toMatchObject({ code: 'ERR_BAD_REQUEST' });
  });
});

describe('the undici adapter alone', () => {
  it('uses connections again', async () => {
    const { server, url } = await listen((_request, response) => void response.end('ok'));
    let connections = 0;
    server.on('connection', () => connections++);
    const client = axios.create({ adapter: transport.adapter, proxy: false });
    for (let index = 0; index < 20; index++) await client.get(url);
    // undici lets a connection rest for one turn of the event loop, so two take turns.
    expect(connections).toBeLessThanOrEqual(2);
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['HTTP_PROXY', 'NO_PROXY'],
    ['http_proxy', 'no_proxy'],
  ])('obeys %s and %s', async (proxyName, exceptionName) => {
    const saved = { ...process.env };
    for (const name of ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']) delete process.env[name];
    process.env[proxyName] = origin.url;
    process.env[exceptionName] = '127.0.0.1';
    const fresh = new UndiciTransport();
    try {
      const client = axios.create({ adapter: fresh.adapter });
      expect((await client.get('http://hello.com/echo')).data.url).toBe('http://hello.com/echo');
      expect((await client.get(`${origin.url}/echo`)).data.url).toBe('/echo');
    } finally {
      process.env = saved;
      await fresh.close();
    }
  });

  it.each(['socketPath', 'httpAgent', 'onDownloadProgress'])(
    'refuses %s rather than ignoring it',
    async (option) => {
      const client = axios.create({ adapter: transport.adapter });
      await expect(client.get(origin.url, { [option]: '/tmp/socket' })).rejects.toMatchObject({
        code: 'ERR_NOT_SUPPORT',
      });
    },
  );

  it('refuses a header value that has no bytes of its own in HTTP', async () => {
    const client = axios.create({ adapter: transport.adapter, proxy: false });
    await expect(client.get(`${origin.url}/echo`, { headers: { user: '张三' } })).rejects.toMatchObject({
      code: 'ERR_BAD_REQUEST',
    });
  });
});
