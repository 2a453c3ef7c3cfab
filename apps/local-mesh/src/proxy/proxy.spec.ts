import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { ok, ProxySetup } from '../../test/proxy-setup.js';
import { RawServer } from '../../test/raw-server.js';
import { routing, rulesFor } from '../../test/rules.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: back.ext\r\n${more}\r\n`;

describe('the proxy', () => {
  const setup = new ProxySetup();
  beforeEach(() => setup.open());
  afterEach(() => setup.close());

  describe('ordinary HTTP', () => {
    it('answers a pipeline in order, one request at a time', async () => {
      setup.backend.onData((socket, text) => {
        const path = /^GET (\S+)/.exec(text)?.[1] ?? '';
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`);
      });
      await setup.start(rulesFor([setup.backend.port]));
      const received = await setup
        .connect()
        .send(get('/1') + get('/2') + get('/3', 'Connection: close\r\n'))
        .untilClosed();
      expect(received.match(/\/[123]$|\/[123](?=HTTP)/gm)).toEqual(['/1', '/2', '/3']);
    });

    it('takes a request that comes byte by byte', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup.connect();
      raw.socket.setNoDelay(true);
      for (const character of get('/slow')) {
        raw.send(character);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await raw.saw('ok')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    });

    it('passes trailers in both directions', async () => {
      setup.backend.onData((socket, text) => {
        if (text.includes('x-checksum')) {
          socket.write(
            'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n',
          );
        }
      });
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup
        .connect()
        .send(
          'POST / HTTP/1.1\r\nHost: back.ext\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Checksum: 9\r\n\r\n',
        );
      expect(await raw.saw('x-sum: 7\r\n\r\n')).toContain('2\r\nok\r\n0\r\nx-sum: 7');
      expect(setup.backend.received).toMatch(/3\r\nabc\r\n0\r\nx-checksum: 9\r\n\r\n$/);
    });

    it('lets the backend say 100 Continue before the body is sent', async () => {
      setup.backend.onData((socket, text) => {
        if (text.includes('expect')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        else socket.write(ok);
      });
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup
        .connect()
        .send('POST / HTTP/1.1\r\nHost: back.ext\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
      await raw.saw('HTTP/1.1 100 Continue\r\n\r\n');
      expect(setup.backend.received).not.toContain('xyz');
      expect(await raw.send('xyz').saw('ok')).toContain('HTTP/1.1 200 OK');
    });

    it('passes 103 on ahead of the answer', async () => {
      setup.backend.onData((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`));
      await setup.start(rulesFor([setup.backend.port]));
      const received = await setup.connect().send(get('/')).saw('ok');
      expect(received).toMatch(/^HTTP\/1\.1 103 Unknown\r\nlink: <\/a>\r\n\r\nHTTP\/1\.1 200 OK/);
    });

    it.each([
      ['HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', 'content-length: 5'],
      ['GET', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', 'content-length: 5'],
      ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', 'HTTP/1.1 204 No Content'],
    ])('a bodiless answer to %s (%j) leaves the connection in step', async (method, answer, expected) => {
      setup.backend.onData((socket) => socket.write(answer));
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup.connect().send(`${method} / HTTP/1.1\r\nHost: back.ext\r\n\r\n`);
      expect(await raw.saw('\r\n\r\n')).toContain(expected);
      raw.received = '';
      setup.backend.onData((socket) => socket.write(ok));
      expect(await raw.send(get('/next')).saw('ok')).toMatch(/^HTTP\/1\.1 200 OK/);
    });

    it('ends an answer of unknown length with the connection, in chunks for the client', async () => {
      setup.backend.onData((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nto the end'));
      await setup.start(rulesFor([setup.backend.port]));
      const received = await setup.connect().send(get('/')).saw('0\r\n\r\n');
      expect(received).toContain('transfer-encoding: chunked');
      expect(received).toMatch(/a\r\nto the end\r\n0\r\n\r\n$/);
    });

    it('keeps repeated headers and their order, in lower case upstream', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      await setup.connect().send(get('/', 'X-B: 1\r\nX-A: 2\r\nx-b: 3\r\n')).saw('ok');
      expect(setup.backend.received).toMatch(/x-b: 1\r\nx-a: 2\r\nx-b: 3\r\n/);
    });

    it('takes away what concerns one connection, and what that connection names', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const more =
        'Connection: keep-alive, X-Private\r\nX-Private: 1\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nTE: gzip\r\n';
      await setup.connect().send(get('/', more)).saw('ok');
      expect(setup.backend.received).not.toMatch(/connection|x-private|keep-alive|^te:/im);
    });

    it('joins client and server after 101', async () => {
      setup.backend.onData((socket, text) => {
        if (text.startsWith('GET')) {
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi',
          );
        } else socket.write(`echo ${text}`);
      });
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup.connect().send(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
      expect(await raw.saw('hi')).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
      expect(await raw.send('ping').saw('echo ping')).toMatch(/hiecho ping$/);
      expect(setup.backend.received).toMatch(/connection: Upgrade\r\nupgrade: websocket\r\n/);
    });

    it('takes up no other protocol than websocket, as Istio', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const received = await setup
        .connect()
        .send(get('/', 'Connection: Upgrade\r\nUpgrade: foo\r\n'))
        .saw('\r\n\r\n');
      expect(received).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    });
  });

  describe('ways in', () => {
    it.each([
      ['absolute form', 'GET http://back.ext/a HTTP/1.1\r\nHost: other\r\n\r\n'],
      ['origin form', 'GET /a HTTP/1.1\r\nHost: back.ext\r\n\r\n'],
      ['origin form with a port', 'GET /a HTTP/1.1\r\nHost: back.ext:80\r\n\r\n'],
    ])('%s', async (_name, request) => {
      await setup.start(rulesFor([setup.backend.port]));
      await setup.connect().send(request).saw('ok');
      expect(setup.backend.received).toMatch(/^GET \/a HTTP\/1\.1\r\nhost: back\.ext(:80)?\r\n/);
    });

    it('CONNECT with plain HTTP inside obeys the rules', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup.connect().send('CONNECT back.ext:80 HTTP/1.1\r\nHost: back.ext:80\r\n\r\n');
      await raw.saw('200 OK\r\n\r\n');
      expect(await raw.send(get('/inside')).saw('ok')).toContain('server: envoy');
      expect(setup.backend.received).toContain('x-envoy-attempt-count: 1');
    });

    it('CONNECT with TLS inside is not looked into', async () => {
      const hello = '\x16\x03\x01\x00\x05hello';
      setup.backend.onData((socket, text) => socket.write(`got ${text.length}`));
      await setup.start({
        ...rulesFor([setup.backend.port]),
        resolve: () => ({ host: '127.0.0.1', port: setup.backend.port }),
      });
      const raw = setup.connect().send('CONNECT back.ext:80 HTTP/1.1\r\nHost: x\r\n\r\n');
      await raw.saw('200 OK\r\n\r\n');
      await raw.send(hello).saw(`got ${hello.length}`);
      expect(setup.backend.received).toBe(hello);
    });

    it('CONNECT to a port without HTTP listener passes the bytes, whoever speaks first', async () => {
      const server = createServer((socket) => socket.end('220 ready\r\n'));
      await listen(server);
      await setup.start({
        ...rulesFor([setup.backend.port]),
        resolve: () => ({ host: '127.0.0.1', port: (server.address() as { port: number }).port }),
      });
      const raw = setup.connect().send('CONNECT mail.ext:25 HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(await raw.saw('220 ready')).toContain('220 ready');
      server.close();
    });

    it('does not tunnel to strangers under REGISTRY_ONLY', async () => {
      await setup.start({
        ...routing('', 'REGISTRY_ONLY'),
        resolve: () => ({ host: '127.0.0.1', port: setup.backend.port }),
      });
      const raw = setup.connect().send('CONNECT stranger.ext:443 HTTP/1.1\r\nHost: x\r\n\r\n');
      await raw.untilClosed();
      expect(setup.backend.sockets).toHaveLength(0);
    });

    const secure = (endpoint: string) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: secure, namespace: hello-page}
spec:
  hosts: [secure.ext, '*.wild.ext']
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: STATIC
  endpoints: [${endpoint}]
`;

    it.each(['secure.ext', 'SECURE.ext.', 'a.wild.ext'])(
      'tunnels to the endpoints of a registered TLS port under REGISTRY_ONLY: %s',
      async (name) => {
        setup.backend.onData((socket, text) => socket.write(`got ${text.length}`));
        const text = secure(`{address: 127.0.0.1, ports: {tls: ${setup.backend.port}}}`);
        await setup.start(routing(text, 'REGISTRY_ONLY'));
        const raw = setup
          .connect()
          .send(`CONNECT ${name}:443 HTTP/1.1\r\nHost: x\r\n\r\n\x16\x03\x01\x00\x01a`);
        await raw.saw('got 6');
        raw.close();
        while (setup.records.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        expect(setup.records[0]?.upstreamCluster).toMatch(/^outbound\|443\|\|(secure|\*\.wild)\.ext$/);
      },
    );

    it.each([
      ['another port of a registered host', 'secure.ext:8443', '{address: 127.0.0.1}', 'BlackHoleCluster'],
      ['a host beside a wildcard', 'wild.ext:443', '{address: 127.0.0.1}', 'BlackHoleCluster'],
    ])('refuses %s under REGISTRY_ONLY', async (_name, authority, endpoint, cluster) => {
      await setup.start(routing(secure(endpoint), 'REGISTRY_ONLY'));
      await setup.connect().send(`CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n\r\n`).untilClosed();
      expect(setup.records[0]).toMatchObject({ upstreamCluster: cluster, attempts: 0 });
    });

    it('does not forward to itself', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const received = await setup
        .connect()
        .send(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${setup.port}\r\nConnection: close\r\n\r\n`)
        .untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 508 .*is the local mesh itself/s);
    });

    it('sends a request through where no HTTP listener is, as it came', async () => {
      const rules = rulesFor([setup.backend.port]);
      await setup.start({ ...rules, resolve: () => ({ host: '127.0.0.1', port: setup.backend.port }) });
      await setup
        .connect()
        .send('GET http://out.ext:9999/a/../b HTTP/1.1\r\nHost: x\r\nX-Case: 1\r\n\r\n')
        .saw('ok');
      expect(setup.backend.received).toBe('GET /a/../b HTTP/1.1\r\nhost: out.ext:9999\r\nX-Case: 1\r\n\r\n');
    });
  });

  describe('failures', () => {
    it('a backend that dies in the middle of an answer ends the client, who must not take it for the whole', async () => {
      setup.backend.onData((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf');
        setTimeout(() => socket.destroy(), 20);
      });
      await setup.start(rulesFor([setup.backend.port]));
      const received = await setup.connect().send(get('/')).untilClosed();
      expect(received).toMatch(/half$/);
      expect(setup.records[0]).toMatchObject({ status: 200, flags: ['UC'] });
    });

    it('an answer that takes longer than the timeout is broken off', async () => {
      setup.backend.onData((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'));
      // Long enough for the first half to come on a machine that is busy.
      const rule = '[{route: [{destination: {host: back.ext}}], timeout: 1s}]';
      await setup.start(rulesFor([setup.backend.port], rule));
      expect(await setup.connect().send(get('/')).untilClosed()).toMatch(/half$/);
      expect(setup.records[0]).toMatchObject({ status: 200, flags: ['UT'] });
    });

    it('an answer to half a request ends both connections, after the answer', async () => {
      setup.backend.onData((socket) => socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno'));
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup.connect().send('POST / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: 99\r\n\r\nabc');
      expect(await raw.untilClosed()).toMatch(/^HTTP\/1\.1 413 .*no$/s);
      if (!setup.backend.sockets[0]?.closed) await once(setup.backend.sockets[0] as Socket, 'close');
    });

    it('a fault of the engine is one answer of 500', async () => {
      await setup.start({
        ...rulesFor([setup.backend.port]),
        route: () => {
          throw new Error('boom');
        },
      });
      const raw = setup.connect();
      expect(await raw.send(get('/')).saw('boom')).toMatch(/^HTTP\/1\.1 500 /);
      expect(raw.closed).toBe(false);
    });

    it('a backend that speaks no HTTP: 502, protocol error', async () => {
      setup.backend.onData((socket) => socket.write('SSH-2.0-OpenSSH\r\n\r\n'));
      await setup.start(rulesFor([setup.backend.port]));
      const received = await setup.connect().send(get('/')).saw('protocol error');
      expect(received).toMatch(/^HTTP\/1\.1 502 Bad Gateway/);
      expect(setup.records[0]?.flags).toEqual(['UPE']);
    });

    it('a client that goes away takes its request with it', async () => {
      setup.backend.onData(() => {});
      await setup.start(rulesFor([setup.backend.port]));
      const raw = setup.connect().send(get('/'));
      while (setup.backend.sockets.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      raw.close();
      await once(setup.backend.sockets[0] as Socket, 'close');
      expect(setup.records[0]).toMatchObject({ status: 0, flags: ['DC'] });
    });

    it('a name that does not resolve: 503, as the proxy that resolves names says it', async () => {
      await setup.start({
        ...rulesFor([setup.backend.port]),
        resolve: () => ({ host: 'no-such-name.invalid', port: 80 }),
      });
      const received = await setup
        .connect()
        .send('GET http://out.ext/ HTTP/1.1\r\nHost: x\r\n\r\n')
        .saw('failure');
      expect(received).toMatch(/^HTTP\/1\.1 503 .*DNS resolution failure$/s);
      expect(setup.records[0]?.flags).toEqual(['DF']);
    });

    it('retries a body that fits the buffer, and only such a one', async () => {
      const rule = '[{route: [{destination: {host: back.ext}}], retries: {attempts: 2, retryOn: 5xx}}]';
      let tries = 0;
      setup.backend.onData((socket, text) => {
        if (!text.startsWith('POST')) return;
        tries++;
        socket.write('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
      });
      await setup.start({ ...rulesFor([setup.backend.port], rule), limits: { maxReplayBytes: 1000 } });
      const post = (body: string) =>
        `POST / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
      await setup
        .connect()
        .send(post('a'.repeat(900)))
        .untilClosed();
      expect(tries).toBe(3);
      tries = 0;
      await setup
        .connect()
        .send(post('a'.repeat(1100)))
        .untilClosed();
      expect(tries).toBe(1);
    });
  });

  describe('what rules do', () => {
    const to = 'route: [{destination: {host: back.ext}}]';

    it('ties a client to its endpoint with a cookie', async () => {
      const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: back, namespace: hello-page}
spec:
  host: back.ext
  trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: lane, ttl: 60s, path: /}}}}`;
      await setup.start(rulesFor([setup.backend.port], '', rule));
      const fresh = await setup.connect().send(get('/')).saw('ok');
      expect(fresh).toMatch(/set-cookie: lane="[0-9a-f]{16}"; Max-Age=60; Path=\/; HttpOnly\r\n/);
      const known = await setup.connect().send(get('/', 'Cookie: lane="0123456789abcdef"\r\n')).saw('ok');
      expect(known).not.toContain('set-cookie');
    });

    it('a mirror that never answers, or is not there, does not touch the answer', async () => {
      const silent = await new RawServer(() => {}).listen();
      const gone = await new RawServer(() => {}).listen();
      await gone.stop();
      const text = (name: string, at: number) => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${name}, namespace: hello-page}
spec:
  hosts: [${name}.ext]
  ports: [{number: 80, name: http, protocol: HTTP}]
  resolution: STATIC
  endpoints: [{address: 127.0.0.1, ports: {http: ${at}}}]`;
      const mirrors = '[{destination: {host: silent.ext}}, {destination: {host: gone.ext}}]';
      const entries = `${text('silent', silent.port)}\n---${text('gone', gone.port)}`;
      await setup.start(rulesFor([setup.backend.port], `[{${to}, mirrors: ${mirrors}}]`, entries));
      const post = 'POST / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: 3\r\n\r\nabc';
      const raw = setup.connect().send(post);
      expect(await raw.saw('ok')).toMatch(/^HTTP\/1\.1 200 OK/);
      while (!silent.received.endsWith('abc')) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(silent.received).toMatch(/host: back\.ext\r\n.*x-envoy-internal: true\r\n/s);
      await silent.stop();
    });

    it('shows rules the request id that it makes, which responses can quote', async () => {
      const quoting = 'headers: {response: {set: {x-seen: "%REQ(X-REQUEST-ID)%"}}}';
      const made = '{headers: {x-request-id: {regex: "[0-9a-f]{8}-[0-9a-f-]{27}"}}}';
      await setup.start(rulesFor([setup.backend.port], `[{match: [${made}], ${quoting}, ${to}}]`));
      const seen = /x-seen: (\S+)\r\n/.exec(await setup.connect().send(get('/')).saw('ok'))?.[1];
      expect(seen).toMatch(/^[0-9a-f-]{36}$/);
      expect(setup.backend.received).toContain(`x-request-id: ${seen}\r\n`);
      expect(await setup.connect().send(get('/', 'X-Request-Id: mine\r\n')).saw('\r\n\r\n')).toMatch(
        /^HTTP\/1\.1 404 /,
      );
    });

    it('delays, then aborts, and says so in the record', async () => {
      const fault =
        '{delay: {fixedDelay: 30ms, percentage: {value: 100}}, abort: {httpStatus: 418, percentage: {value: 100}}}';
      await setup.start(rulesFor([setup.backend.port], `[{${to}, fault: ${fault}}]`));
      expect(await setup.connect().send(get('/')).saw('abort')).toMatch(
        /^HTTP\/1\.1 418 .*fault filter abort$/s,
      );
      expect(setup.records[0]).toMatchObject({ flags: ['DI', 'FI'], attempts: 0 });
      expect(setup.backend.sockets).toHaveLength(0);
    });

    it('a body that comes after a direct response does not become a request', async () => {
      await setup.start(
        rulesFor([setup.backend.port], '[{directResponse: {status: 200, body: {string: tea}}}]'),
      );
      const raw = setup.connect().send('POST / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: 40\r\n\r\n');
      await raw.saw('tea');
      expect(await raw.send(get('/smuggled')).untilClosed()).toMatch(/connection: close\r\n\r\ntea$/);
    });
  });

  describe('limits', () => {
    it('closes a connection beyond the limit', async () => {
      await setup.start({ ...rulesFor([setup.backend.port]), limits: { maxConnections: 1 } });
      await setup.connect().send(get('/')).saw('ok');
      expect(await setup.connect().untilClosed()).toBe('');
    });

    it('closes an idle connection', async () => {
      await setup.start({ ...rulesFor([setup.backend.port]), limits: { idleTimeoutMs: 1 } });
      const raw = setup.connect().send(get('/'));
      await raw.saw('ok');
      expect(await raw.untilClosed()).toContain('ok');
    });

    it('answers a head that is never finished with 408', async () => {
      await setup.start({ ...rulesFor([setup.backend.port]), limits: { requestHeadersTimeoutMs: 1 } });
      expect(await setup.connect().send('GET / HTTP/1.1\r\n').untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
    });
  });

  describe('drain', () => {
    it('finishes what is in flight, tells the client to close, and takes nothing new', async () => {
      const waiting: Socket[] = [];
      setup.backend.onData((socket) => waiting.push(socket));
      await setup.start(rulesFor([setup.backend.port]));
      const busy = setup.connect().send(get('/'));
      const idle = setup.connect();
      await once(idle.socket, 'connect');
      while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const drained = setup.proxy.drain(5);
      await idle.untilClosed();
      expect(await setup.connect().send(get('/late')).untilClosed()).toBe('');
      waiting[0]?.write(ok);
      expect(await busy.untilClosed()).toMatch(/^HTTP\/1\.1 200 OK.*connection: close.*ok$/s);
      await drained;
    });

    it('ends after its limit', async () => {
      setup.backend.onData(() => {});
      await setup.start(rulesFor([setup.backend.port]));
      const busy = setup.connect().send(get('/'));
      while (setup.backend.received === '') await new Promise((resolve) => setTimeout(resolve, 5));
      await setup.proxy.drain(0.05);
      expect(await busy.untilClosed()).toBe('');
    });
  });
});

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
}
