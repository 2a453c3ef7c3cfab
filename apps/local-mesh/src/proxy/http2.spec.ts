import { once } from 'node:events';
import { type ClientHttp2Session, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { jest } from '@jest/globals';
import { answerOf, begin, sessionOver, tunnelTo } from '../../test/http2-client.js';
import { RawClient } from '../../test/raw-client.js';
import { RawServer } from '../../test/raw-server.js';
import { routing, rulesFor, serviceText } from '../../test/rules.js';
import type { AccessRecord } from './access-record.js';
import type { ProxyOptions, Routing } from './options.js';
import { createProxy, type MeshProxy } from './proxy.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

type Answer = (stream: ServerHttp2Stream, path: string) => void;

/** A service `back.ext` that is spoken to in HTTP/2, on port 80. */
function http2Rules(ports: readonly number[], http = 'route: [{destination: {host: back.ext}}]'): string {
  return `${serviceText('back', ports, { protocol: 'HTTP2' })}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: back, namespace: hello-page}
spec: {hosts: [back.ext], http: [${http.startsWith('[') ? http.slice(1, -1) : `{${http}}`}]}
`;
}

describe('HTTP/2', () => {
  let backend: Http2Server;
  let backendPort: number;
  let answer: Answer;
  const backendSessions = new Set<{ destroy(): void }>();
  let proxy: MeshProxy;
  let port: number;
  let session: ClientHttp2Session;
  let records: AccessRecord[];

  beforeEach(async () => {
    answer = (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('hello');
    };
    backend = createServer().listen(0, '127.0.0.1');
    backend.on('session', (one) => {
      backendSessions.add(one);
      one.on('error', () => {});
    });
    backend.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      answer(stream, String(headers[':path']));
    });
    await once(backend, 'listening');
    backendPort = (backend.address() as AddressInfo).port;
  });

  afterEach(async () => {
    session?.destroy();
    await proxy.close();
    for (const one of backendSessions) one.destroy();
    backendSessions.clear();
    await new Promise((resolve) => backend.close(resolve));
  });

  async function start(
    rules: Routing & Pick<ProxyOptions, 'inspection'>,
    options: Partial<ProxyOptions> = {},
  ): Promise<void> {
    records = [];
    proxy = createProxy({ onComplete: (record) => records.push(record), ...rules, ...options });
    port = (await proxy.listen({ host: '127.0.0.1', port: 0 })).port;
  }

  async function throughTunnel(): Promise<ClientHttp2Session> {
    session = sessionOver(await tunnelTo('back.ext:80', port));
    return session;
  }

  /** A request without a body. */
  function ask(path: string, headers: Readonly<Record<string, string>> = {}) {
    const stream = begin(session, path, headers);
    stream.end();
    return answerOf(stream);
  }

  it('with prior knowledge inside CONNECT: rules apply to each stream', async () => {
    const rules = `[{match: [{headers: {user: {exact: test}}}], directResponse: {status: 418}},
      {route: [{destination: {host: back.ext}}], headers: {response: {set: {x-rule: two}}}}]`;
    await start(routing(http2Rules([backendPort], rules)));
    await throughTunnel();
    const [one, two] = await Promise.all([ask('/a', { user: 'test' }), ask('/b')]);
    expect(one).toMatchObject({ status: 418, resetCode: 0 });
    expect(two).toMatchObject({ status: 200, body: 'hello', resetCode: 0 });
    expect(two.headers).toEqual(expect.arrayContaining(['x-rule', 'two', 'server', 'envoy']));
    expect(records.map(({ protocol, status }) => [protocol, status]).sort()).toEqual([
      ['HTTP/2', 200],
      ['HTTP/2', 418],
    ]);
  });

  it.each([
    ['where nothing says what its port speaks', 'name: any', ''],
    [
      'with useClientProtocol',
      'name: http, protocol: HTTP',
      `---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: back, namespace: hello-page}
spec: {host: back.ext, trafficPolicy: {connectionPool: {http: {useClientProtocol: true}}}}
`,
    ],
  ])('is spoken to a service as the client speaks it %s', async (_case, named, more) => {
    const rules = http2Rules([backendPort]).replace('name: http2, protocol: HTTP2', named) + more;
    await start(routing(rules.replace('ports: {http2:', `ports: {${named.split(/[ ,]+/)[1]}:`)));
    await throughTunnel();
    expect(await ask('/')).toMatchObject({ status: 200, body: 'hello' });
    const client = new RawClient(port);
    client.send('GET http://back.ext/ HTTP/1.1\r\nhost: back.ext\r\n\r\n');
    // The server speaks HTTP/2 alone.
    expect(await client.saw('\r\n\r\n')).toMatch(/^HTTP\/1\.1 50[23] /);
    client.close();
  });

  it('on the port of the proxy itself', async () => {
    await start(routing(http2Rules([backendPort])));
    session = sessionOver(connect(port, '127.0.0.1'));
    expect(await ask('/')).toMatchObject({ status: 200, body: 'hello' });
  });

  it('a preface that comes byte by byte', async () => {
    await start(routing(http2Rules([backendPort])));
    const client = new RawClient(port);
    for (const byte of 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n') {
      client.send(byte);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    // The server's own settings, the first frame of a connection.
    expect(await client.saw('\x04\0\0\0\0\0')).toMatch(/^\0\0/);
    client.close();
  });

  it('bodies and trailers cross in both directions, whichever of the two sides speaks HTTP/1.1', async () => {
    const seen: string[] = [];
    answer = (stream) => {
      let body = '';
      stream.on('data', (data) => {
        body += data;
      });
      stream.on('trailers', (_headers, _flags, raw) => seen.push(...raw));
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '2' }));
      stream.on('end', () => stream.end(body.toUpperCase()));
    };
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const stream = session.request(
      { ':method': 'POST', ':path': '/', ':authority': 'back.ext', ':scheme': 'http' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
    stream.end('abc');
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: 'ABC', trailers: ['x-sum', '2'] });
    expect(seen).toEqual(['x-sum', '1']);

    const client = new RawClient(port);
    client.send(
      'POST / HTTP/1.1\r\nHost: back.ext\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 3\r\n\r\n',
    );
    expect(await client.saw('x-sum: 2\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK.*3\r\nABC\r\n0\r\n/s);
    expect(seen).toEqual(['x-sum', '1', 'x-sum', '3']);
    client.close();
  });

  it('a client of HTTP/2 is led to a server of HTTP/1.1: cookies are one line, lengths and trailers are kept', async () => {
    const old = await new RawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-sum: 2\r\n\r\n'),
    ).listen();
    await start(rulesFor([old.port]));
    await throughTunnel();
    const stream = session.request([
      ...[':method', 'POST', ':path', '/', ':authority', 'back.ext', ':scheme', 'http'],
      ...['cookie', 'a=1', 'cookie', 'b=2', 'content-length', '3', 'te', 'trailers'],
    ]);
    stream.end('abc');
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: 'ok', trailers: ['x-sum', '2'] });
    expect(old.received).toMatch(/^POST \/ HTTP\/1\.1\r\nhost: back\.ext\r\n/);
    expect(old.received).toContain('cookie: a=1; b=2\r\n');
    expect(old.received).toContain('content-length: 3\r\n');
    expect(old.received).toMatch(/\r\n\r\nabc$/);
    await old.stop();
  });

  it('a stream that the client gives up is given up at the server, and no other', async () => {
    const codes: number[] = [];
    answer = (stream, path) => {
      if (path === '/other') setTimeout(() => stream.respond({ ':status': 200 }, { endStream: true }), 100);
      stream.on('close', () => codes.push(stream.rstCode ?? 0));
    };
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const given = begin(session, '/given-up');
    given.end();
    const [other] = await Promise.all([ask('/other'), once(backend, 'stream').then(() => given.close(8))]);
    expect(other.status).toBe(200);
    expect(codes.sort()).toEqual([0, 8]);
    await until(() => records.length === 2);
    expect(records.find(({ path }) => path === '/given-up')).toMatchObject({ flags: ['DC'] });
  });

  it('an answer that the server resets is reset, not ended', async () => {
    answer = (stream) => {
      // Without it, Node ends the stream before it resets it.
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.write('half', () => stream.close(2));
    };
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const { status, resetCode } = await ask('/');
    expect({ status, isReset: resetCode !== 0 }).toEqual({ status: 200, isReset: true });
  });

  it('an answer that is reset before its head: 503 with the reason, as Envoy words it', async () => {
    answer = (stream) => stream.close(2);
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    expect(await ask('/')).toMatchObject({
      status: 503,
      body: 'upstream connect error or disconnect/reset before headers. reset reason: remote reset',
    });
  });

  it('a stream that the server refuses is tried again', async () => {
    let tries = 0;
    answer = (stream) => {
      if (++tries === 1) stream.close(7);
      else stream.respond({ ':status': 200 }, { endStream: true });
    };
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    expect(await ask('/')).toMatchObject({ status: 200 });
    expect(tries).toBe(2);
  });

  it('a server that says GOAWAY answers what is under way, and new requests go to a new connection', async () => {
    let isFirst = true;
    const held: ServerHttp2Stream[] = [];
    answer = (stream) => {
      if (!isFirst) stream.respond({ ':status': 200, 'x-second': 'yes' }, { endStream: true });
      else {
        isFirst = false;
        held.push(stream);
        stream.session?.goaway();
      }
    };
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const first = ask('/first');
    await once(backend, 'stream');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const second = await ask('/second');
    expect(second.headers).toEqual(expect.arrayContaining(['x-second', 'yes']));
    held[0]?.respond({ ':status': 200 });
    held[0]?.end('after all');
    expect(await first).toMatchObject({ status: 200, body: 'after all' });
    expect(backendSessions.size).toBe(2);
  });

  it('many streams share one connection to the server', async () => {
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(`/${i}`)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 hello']));
    expect(backendSessions.size).toBe(1);
  });

  it('a server that takes few streams at a time is sent no more of them: each is answered at the first try', async () => {
    backend.updateSettings({ maxConcurrentStreams: 10 });
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(`/${i}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(records.map(({ attempts }) => attempts)).toEqual(Array(100).fill(1));
  });

  it('a client that does not read holds its own stream back at the server, and no other', async () => {
    const size = 64 * 1024 * 1024;
    let sent = 0;
    answer = (stream, path) => {
      stream.respond({ ':status': 200 });
      if (path !== '/large') {
        stream.end('small');
        return;
      }
      const chunk = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (sent < size) {
          sent += chunk.length;
          if (!stream.write(chunk)) {
            stream.once('drain', more);
            return;
          }
        }
        stream.end();
      };
      more();
    };
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const large = begin(session, '/large');
    large.end();
    await once(large, 'response');
    let seen = -1;
    while (seen !== sent) {
      seen = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(sent).toBeLessThan(size);
    expect(await ask('/small')).toMatchObject({ body: 'small' });
    let received = 0;
    large.on('data', (data: Buffer) => {
      received += data.length;
    });
    await once(large, 'end');
    expect(received).toBe(size);
  });

  it('a drain lets a stream end, tells the client that no more are taken, and ends the connection', async () => {
    let held: ServerHttp2Stream | undefined;
    answer = (stream) => {
      held = stream;
    };
    await start(routing(http2Rules([backendPort])));
    await throughTunnel();
    const under = ask('/under-way');
    await once(backend, 'stream');
    const goaway = once(session, 'goaway');
    const drained = proxy.drain(10);
    await goaway;
    held?.respond({ ':status': 200 });
    held?.end('done');
    expect(await under).toMatchObject({ status: 200, body: 'done' });
    await drained;
  });

  it('a server that speaks HTTP/1.1 only: 502, protocol error', async () => {
    const old = await new RawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen();
    await start(routing(http2Rules([old.port])));
    await throughTunnel();
    expect(await ask('/')).toMatchObject({
      status: 502,
      body: 'upstream connect error or disconnect/reset before headers. reset reason: protocol error',
    });
    await old.stop();
  });

  it('a server where nobody listens: 503, after the tries of the default policy', async () => {
    await start(routing(http2Rules([1])));
    await throughTunnel();
    const answered = await ask('/');
    expect(answered.status).toBe(503);
    expect(answered.body).toContain('retried and the latest reset reason: remote connection failure');
    expect(records[0]).toMatchObject({ attempts: 3, flags: ['URX', 'UF'] });
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
