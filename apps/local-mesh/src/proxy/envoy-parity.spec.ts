import { jest } from '@jest/globals';
import { RawClient } from '../../test/raw-client.js';
import { RawServer } from '../../test/raw-server.js';
import { rulesFor } from '../../test/rules.js';
import { createProxy, type MeshProxy } from './proxy.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const host = 'Host: back.ext\r\n';
const protocolError = /^HTTP\/1\.1 502 .*reset reason: protocol error$/s;

// Every row was put to an Envoy 1.40 beside the proxy, byte by byte, and came back so.
describe('what Envoy does with odd HTTP', () => {
  let backend: RawServer;
  let proxy: MeshProxy;
  let port: number;
  const clients: RawClient[] = [];

  beforeEach(async () => {
    backend = await new RawServer((socket) => socket.write(ok)).listen();
    proxy = createProxy(rulesFor([backend.port]));
    port = (await proxy.listen({ host: '127.0.0.1', port: 0 })).port;
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await proxy.close();
    await backend.stop();
  });

  function send(text: string): RawClient {
    const client = new RawClient(port).send(text);
    clients.push(client);
    return client;
  }

  it('a content-length that the connection header takes away is replaced by chunks', async () => {
    const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n';
    await send(
      `POST / HTTP/1.1\r\n${host}Connection: content-length\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    ).saw('ok');
    const body = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
    expect(backend.received.split(/(?<=\r\n\r\n)/, 1)[0]).toContain('transfer-encoding: chunked\r\n');
    expect(backend.received.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });

  it.each([
    ['trailers', 'te: trailers\r\n'],
    ['trailers, deflate', 'te: trailers\r\n'],
    ['deflate', undefined],
    ['Trailers', undefined],
  ])('te: %s goes on as %j', async (te, expected) => {
    await send(`GET / HTTP/1.1\r\n${host}TE: ${te}\r\n\r\n`).saw('ok');
    expect(/^te: .*\r\n/m.exec(backend.received)?.[0]).toBe(expected);
  });

  it('repeated lines of an inline header go on as one, where the first of them stood; others line by line', async () => {
    await send(
      `GET / HTTP/1.1\r\n${host}Accept: a\r\nX-User: 1\r\naccept: b\r\nX-User: 2\r\nX-Request-Id: i\r\nx-request-id: j\r\n\r\n`,
    ).saw('ok');
    expect(backend.received).toContain('\r\naccept: a,b\r\nx-user: 1\r\nx-user: 2\r\nx-request-id: i,j\r\n');
  });

  it('an empty request id is replaced where it stands', async () => {
    await send(`GET / HTTP/1.1\r\n${host}X-Request-Id:\r\nX-A: 1\r\n\r\n`).saw('ok');
    expect(backend.received).toMatch(/\r\nx-request-id: [0-9a-f-]{36}\r\nx-a: 1\r\n/);
  });

  it('proxy-connection: close ends the connection', async () => {
    const received = await send(`GET / HTTP/1.1\r\n${host}Proxy-Connection: close\r\n\r\n`).untilClosed();
    expect(received).toContain('\r\nconnection: close\r\n');
  });

  it.each(['x-gone', 'keep-alive, x-gone', 'host', 'x-forwarded-for'])(
    'proxy-connection: %s takes no header away',
    async (words) => {
      const line = `Proxy-Connection: ${words}\r\n`;
      const received = await send(`GET / HTTP/1.1\r\n${host}X-Gone: 1\r\n${line}\r\n`).saw('ok');
      expect(received).toMatch(/^HTTP\/1\.1 200 /);
      expect(received).not.toContain('connection: close');
      expect(backend.received).toContain('\r\nx-gone: 1\r\n');
      expect(backend.received).not.toContain('proxy-connection');
    },
  );

  it('an answer that begins before the request has ended says that the connection ends', async () => {
    const received = await send(`POST / HTTP/1.1\r\n${host}Content-Length: 10\r\n\r\nabc`).untilClosed();
    expect(received).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/s);
  });

  it.each([
    ['a target with a fragment', 'GET /a#b', '', 400],
    ['a target without a slash', 'GET foo', '', 400],
    ['an upgrade other than websocket', 'GET /', 'Connection: upgrade\r\nUpgrade: foo\r\n', 403],
  ])('%s is refused, and the connection is closed', async (_name, line, headers, status) => {
    const received = await send(`${line} HTTP/1.1\r\n${host}${headers}\r\n`).untilClosed();
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\r\nconnection: close\r\n`, 's'));
  });

  it('a greeting in another protocol: 502 at once', async () => {
    backend.onData((socket) => socket.write('SSH-2.0-server\r\n'));
    expect(await send(`GET / HTTP/1.1\r\n${host}\r\n`).saw('protocol error')).toMatch(protocolError);
  });

  it('half a head: 502', async () => {
    backend.onData((socket) => socket.end('HTTP/1.1 200 O'));
    expect(await send(`GET / HTTP/1.1\r\n${host}\r\n`).saw('reset reason: ')).toMatch(protocolError);
  });

  it('101 that nobody asked for is not a tunnel', async () => {
    backend.onData((socket) =>
      socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nbytes'),
    );
    const received = await send(`GET / HTTP/1.1\r\n${host}\r\n`).saw('protocol error');
    expect(received).toMatch(protocolError);
    expect(received).not.toContain('bytes');
  });

  it('101 has a date, and names in lower case', async () => {
    backend.onData((socket) =>
      socket.write(
        'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nServer: x\r\nSec-WebSocket-Accept: y\r\n\r\n',
      ),
    );
    const received = await send(
      `GET / HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ).saw('\r\n\r\n');
    expect(received).toMatch(/\r\nserver: envoy\r\nsec-websocket-accept: y\r\ndate: /);
  });
});
