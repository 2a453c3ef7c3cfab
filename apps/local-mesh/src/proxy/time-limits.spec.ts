import { jest } from '@jest/globals';
import { RawClient } from '../../test/raw-client.js';
import { RawServer } from '../../test/raw-server.js';
import { rulesFor } from '../../test/rules.js';
import type { AccessRecord } from './access-record.js';
import type { ProxyLimits } from './limits.js';
import { createProxy, type MeshProxy } from './proxy.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** The proxy looks at its limits once a second; 1 ms is over by then. */
describe('a client, or a server, that is slow', () => {
  let backend: RawServer;
  let proxy: MeshProxy;
  let client: RawClient;
  let records: AccessRecord[];

  beforeEach(async () => {
    records = [];
    backend = await new RawServer(() => {}).listen();
  });

  afterEach(async () => {
    client.close();
    await proxy.close();
    await backend.stop();
  });

  async function start(limits: Partial<ProxyLimits>): Promise<void> {
    proxy = createProxy({
      onComplete: (record) => records.push(record),
      ...rulesFor([backend.port]),
      resolve: () => ({ host: '127.0.0.1', port: backend.port }),
      limits,
    });
    const { port } = await proxy.listen({ host: '127.0.0.1', port: 0 });
    client = new RawClient(port);
  }

  it('a request whose body stops coming is answered with 408', async () => {
    await start({ streamIdleTimeoutMs: 1 });
    client.send('POST / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: 9\r\n\r\nhalf');
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
    expect(records).toMatchObject([{ status: 408 }]);
  });

  it('a request that no answer comes to is answered with 504', async () => {
    await start({ streamIdleTimeoutMs: 1 });
    client.send('GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n');
    expect(await client.saw('timeout')).toMatch(/^HTTP\/1\.1 504 .*stream timeout$/s);
    expect(records).toMatchObject([{ status: 504 }]);
  });

  it('an answer that stops in the middle ends with its connection', async () => {
    backend.onData((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'));
    await start({ streamIdleTimeoutMs: 1 });
    client.send('GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n');
    expect(await client.untilClosed()).toMatch(/half$/);
    expect(records).toMatchObject([{ status: 200 }]);
  });

  it('a tunnel in which nothing moves is closed', async () => {
    backend.onData((socket) => socket.write('banner'));
    await start({ streamIdleTimeoutMs: 1 });
    client.send('CONNECT out.ext:9999 HTTP/1.1\r\nHost: out.ext:9999\r\n\r\n');
    await client.saw('200 OK');
    await client.send('\u0000\u0001 not HTTP').saw('banner');
    expect(await client.untilClosed()).toMatch(/banner$/);
  });

  it.each([
    ['nothing comes', '', { idleTimeoutMs: 1 }],
    ['too little comes to tell what it is', 'G', { requestHeadersTimeoutMs: 1 }],
  ])('a CONNECT behind which %s is closed', async (_, first, limits) => {
    await start(limits);
    client.send('CONNECT back.ext:80 HTTP/1.1\r\nHost: back.ext\r\n\r\n');
    await client.saw('200 OK');
    client.send(first);
    expect(await client.untilClosed()).toBe('HTTP/1.1 200 OK\r\n\r\n');
  });

  it('a server that reads late gets the whole body, and nothing is given up', async () => {
    backend.onData((socket, received) => {
      socket.pause();
      setTimeout(() => socket.resume(), 5);
      if (received.endsWith('end')) socket.write(ok);
    });
    await start({});
    const body = `${'x'.repeat(4_000_000)}end`;
    client.send(`POST / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    expect(await client.saw('ok')).toContain('200 OK');
    expect(backend.received.length - backend.received.indexOf('\r\n\r\n') - 4).toBe(body.length);
  });

  it('a body that turns out to be malformed ends its request upstream, and is written down once', async () => {
    await start({});
    client.send('POST / HTTP/1.1\r\nHost: back.ext\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n');
    while (backend.sockets.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const [upstream] = backend.sockets;
    const ended = new Promise((resolve) => upstream?.once('close', resolve));
    expect(await client.send('zz\r\n').untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    await ended;
    expect(records).toMatchObject([{ status: 400, flags: ['DPE'], attempts: 1 }]);
  });

  it('a limit of 0 is none', async () => {
    let answer: () => void = () => {};
    backend.onData((socket) => {
      answer = () => socket.write(ok);
    });
    await start({ streamIdleTimeoutMs: 0 });
    client.send('GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect([client.closed, client.received]).toEqual([false, '']);
    answer();
    expect(await client.saw('ok')).toContain('200 OK');
  });
});
