import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Axios } from 'axios';
import { UndiciAdapter } from './undici-adapter.js';

/** The variables that name a proxy; they are read when a URL is asked for the first time. */
const variables = ['HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'] as const;

const undici = new UndiciAdapter(100);
const seen: IncomingMessage[] = [];
const sockets = new Set<unknown>();
const server: Server = createServer((request, response) => {
  seen.push(request);
  sockets.add(request.socket);
  if (request.url === '/redirect') response.writeHead(302, { location: '/hello' });
  if (request.url !== '/silence') response.end('hello 1');
});
const client = new Axios({ adapter: undici.send, timeout: 5000 });
let origin: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await undici.close();
  server.closeAllConnections();
  server.close();
});

afterEach(() => {
  for (const name of variables) delete process.env[name];
  seen.length = 0;
});

it('uses a connection again', async () => {
  sockets.clear();
  for (let count = 0; count < 20; count++) await client.request({ url: `${origin}/hello` });
  // Two: the answer is handed on a moment before its connection counts as free.
  expect(seen.length).toBe(20);
  expect(sockets.size).toBeLessThanOrEqual(2);
});

it('asks the proxy for the whole URL, with the Host of the server', async () => {
  process.env.HTTP_PROXY = origin;
  const { data } = await client.request({
    url: 'http://hello.example:8080/hello?a=b',
    headers: { user: 'test' },
  });
  expect(String(data)).toBe('hello 1');
  expect(seen[0]?.url).toBe('http://hello.example:8080/hello?a=b');
  expect(seen[0]?.headersDistinct).toMatchObject({ host: ['hello.example:8080'], user: ['test'] });
});

it('goes past the proxy where NO_PROXY says so', async () => {
  process.env.HTTP_PROXY = 'http://127.0.0.1:1';
  process.env.NO_PROXY = '127.0.0.1';
  expect((await client.request({ url: `${origin}/direct` })).status).toBe(200);
  expect(seen[0]?.url).toBe('/direct');
});

it('accepts any text, unless the request says what it accepts', async () => {
  await client.request({ url: `${origin}/hello` });
  await client.request({ url: `${origin}/hello`, headers: { Accept: 'text/html' } });
  expect(seen.map(({ headers }) => headers.accept)).toEqual(['text/plain, */*', 'text/html']);
});

it('hands a redirect on as the answer that it is', async () => {
  const { status, headers } = await client.request({ url: `${origin}/redirect`, validateStatus: () => true });
  expect([status, headers.location, seen.length]).toEqual([302, '/hello', 1]);
});

it('gives up when the time is up', async () => {
  const late = { code: 'ECONNABORTED', message: 'timeout of 50ms exceeded' };
  await expect(client.request({ url: `${origin}/silence`, timeout: 50 })).rejects.toMatchObject(late);
});

it('takes a "100 Continue" that nobody asked for', async () => {
  const chatty = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nhello 2');
    });
  });
  await once(chatty.listen(0, '127.0.0.1'), 'listening');
  try {
    const url = `http://127.0.0.1:${(chatty.address() as AddressInfo).port}/hello`;
    const { status, data } = await client.request({
      url,
      headers: { connection: 'close' },
    });
    expect([status, String(data)]).toEqual([200, 'hello 2']);
  } finally {
    chatty.close();
  }
});
