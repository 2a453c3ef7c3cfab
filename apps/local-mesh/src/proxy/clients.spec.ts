import { jest } from '@jest/globals';
import { ok, ProxySetup } from '../../test/proxy-setup.js';
import { routing, rulesFor, rulesText } from '../../test/rules.js';
import { createProxy } from './proxy.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
const to = 'route: [{destination: {host: back.ext}}]';

describe('clients that people have', () => {
  const setup = new ProxySetup();
  beforeEach(() => setup.open());
  afterEach(() => setup.close());

  const send = (text: string) => setup.connect().send(text);

  describe('HTTP/1.0', () => {
    it.each([
      ['with a length', ok],
      ['in chunks', chunked],
      ['until the end', 'HTTP/1.1 200 OK\r\n\r\nok'],
    ])('gets an answer %s without chunks, and the end of its connection', async (name, answer) => {
      setup.backend.onData((socket) =>
        name === 'until the end' ? socket.end(answer) : socket.write(answer),
      );
      await setup.start(rulesFor([setup.backend.port]));
      const received = await send('GET http://back.ext/ HTTP/1.0\r\nHost: back.ext\r\n\r\n').untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*connection: close\r\n\r\nok$/s);
      expect(received).not.toContain('transfer-encoding');
    });

    it('needs no Host where the URL has one, and hears no 100', async () => {
      setup.backend.onData((socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${ok}`));
      await setup.start(rulesFor([setup.backend.port]));
      expect(await send('GET http://back.ext/ HTTP/1.0\r\n\r\n').untilClosed()).toMatch(/^HTTP\/1\.1 200 OK/);
    });

    it('opens a tunnel with CONNECT', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const client = send('CONNECT back.ext:80 HTTP/1.0\r\n\r\n');
      await client.saw('HTTP/1.1 200 OK\r\n\r\n');
      expect(await client.send('GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n').saw('ok')).toContain(
        'server: envoy',
      );
    });

    it('with chunks is refused', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const post = 'POST http://back.ext/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
      expect(await send(post).untilClosed()).toMatch(/^HTTP\/1\.1 400 /);
    });
  });

  it.each([
    ['ws://back.ext/chat', 'host: back.ext\r\n'],
    ['WS://back.ext:80/chat', 'host: back.ext:80\r\n'],
  ])('a websocket client may write %s', async (url, host) => {
    setup.backend.onData((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    );
    await setup.start(rulesFor([setup.backend.port]));
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    expect(await send(`GET ${url} HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`).saw('\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 101 /,
    );
    expect(setup.backend.received).toContain(`GET /chat HTTP/1.1\r\n${host}`);
  });

  it.each([
    ['SOCKS5', '\x05\x01\x00'],
    ['SOCKS4', '\x04\x01\x00\x50'],
    ['SSH', 'SSH-2.0-client\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00'],
    ['a PROXY header', 'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n'],
  ])('%s on the proxy port is answered at once', async (_, bytes) => {
    await setup.start(rulesFor([setup.backend.port]));
    expect(await send(bytes).untilClosed()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  describe('CONNECT to where nothing answers says so', () => {
    it.each([80, 443, 9])('a name that does not resolve, port %d', async (target) => {
      await setup.start(rulesFor([setup.backend.port]));
      const received = await send(`CONNECT no-such-name.invalid:${target} HTTP/1.1\r\n\r\n`).untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n.*DNS resolution failure/s);
      await waitFor(() => setup.records.length > 0);
      expect(setup.records[0]).toMatchObject({ status: 503 });
    });

    it('but a name that rules know need not resolve', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      expect(await send('CONNECT back.ext:80 HTTP/1.1\r\n\r\n').saw('\r\n\r\n')).toBe(
        'HTTP/1.1 200 OK\r\n\r\n',
      );
    });

    it('a port on which nobody listens', async () => {
      await setup.backend.stop();
      await setup.start(rulesFor([1]));
      const received = await send(`CONNECT 127.0.0.1:${setup.backend.port} HTTP/1.1\r\n\r\n`).untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 503 .*refuses connections/s);
    });

    it('what REGISTRY_ONLY does not let pass', async () => {
      await setup.start(routing(rulesText([setup.backend.port]), 'REGISTRY_ONLY'));
      const received = await send('CONNECT 127.0.0.1:9 HTTP/1.1\r\n\r\n').untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 502 .*REGISTRY_ONLY/s);
    });

    it('the proxy itself', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const received = await send(`CONNECT 127.0.0.1:${setup.port} HTTP/1.1\r\n\r\n`).untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 508 .*is the local mesh itself/s);
    });

    it('the proxy itself, by another of the addresses that it listens on', async () => {
      await setup.start(rulesFor([setup.backend.port]));
      const { port: everywhere } = await setup.proxy.listen({ host: '0.0.0.0', port: 0 });
      for (const address of ['127.0.0.1', '127.0.0.2']) {
        const received = await send(`CONNECT ${address}:${everywhere} HTTP/1.1\r\n\r\n`).untilClosed();
        expect(received).toMatch(/^HTTP\/1\.1 508 .*is the local mesh itself/s);
      }
    });
  });

  it('an endpoint with the port of the proxy itself is reported, not misrouted', async () => {
    const first = createProxy(rulesFor([setup.backend.port]));
    const own = (await first.listen({ host: '127.0.0.1', port: 0 })).port;
    await first.close();
    await setup.start(rulesFor([own]), own);
    const received = await send(
      'GET / HTTP/1.1\r\nHost: back.ext\r\nConnection: close\r\n\r\n',
    ).untilClosed();
    expect(received).toMatch(
      new RegExp(
        `^HTTP/1\\.1 508 .*127\\.0\\.0\\.1:${own}, an endpoint of outbound\\|80\\|\\|back\\.ext, is the local mesh itself`,
        's',
      ),
    );
  });

  describe('rules cannot break the bytes', () => {
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: back.ext\r\n\r\n`;

    it.each([
      ['redirect.uri', '{redirect: {uri: "/a\\r\\nEvil: 1"}}', 503],
      ['redirect.authority', '{redirect: {authority: "a\\r\\nEvil: 1"}}', 503],
      ['rewrite.uri', `{rewrite: {uri: "/a HTTP/1.1\\r\\nHost: x\\r\\n\\r\\nGET /second"}, ${to}}`, 400],
      [
        'rewrite.uri behind a prefix',
        `{match: [{uri: {prefix: /a}}], rewrite: {uri: "/\\nEvil: 1"}, ${to}}`,
        400,
      ],
      ['rewrite.authority', `{rewrite: {authority: "a\\r\\nEvil: 1"}, ${to}}`, 400],
      [
        'uriRegexRewrite',
        `{rewrite: {uriRegexRewrite: {match: ".*", rewrite: "/\\r\\nEvil: 1"}}, ${to}}`,
        400,
      ],
      ['a request header name', `{headers: {request: {set: {"x a": b}}}, ${to}}`, 503],
      ['a response header name', `{headers: {response: {add: {"x:a": b}}}, ${to}}`, 503],
      [
        'a response header name of a direct response',
        '{headers: {response: {set: {"x a": b}}}, directResponse: {status: 200}}',
        503,
      ],
    ])('%s', async (_, rule, status) => {
      await setup.start(rulesFor([setup.backend.port], `[${rule}]`));
      const received = await send(get('/a/b')).saw('\r\n\r\n');
      expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(received).not.toMatch(/^evil:/im);
      expect(setup.backend.received).not.toMatch(/evil|second|x[ :]a/i);
    });

    it.each([
      ['a preflight', 'OPTIONS', 'Access-Control-Request-Method: GET\r\n'],
      ['a request', 'GET', ''],
    ])('what CORS would write: %s', async (_, method, headers) => {
      const cors = 'corsPolicy: {allowOrigins: [{exact: "http://a"}], exposeHeaders: ["x\\r\\nEvil: 1"]}';
      await setup.start(rulesFor([setup.backend.port], `[{${cors}, ${to}}]`));
      const received = await send(
        `${method} / HTTP/1.1\r\nHost: back.ext\r\nOrigin: http://a\r\n${headers}\r\n`,
      ).saw('\r\n\r\n');
      expect(received).toMatch(/^HTTP\/1\.1 503 .*invalid header value: access-control-expose-headers$/s);
    });

    it.each(['č\u010aEvil: 1', '\u0d0a\u010d', 'é'])('a cookie path keeps the bytes of %j', async (path) => {
      const cookie = `{httpCookie: {name: c, path: ${JSON.stringify(`/${path}`)}, ttl: 0s}}`;
      const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: d, namespace: hello-page}
spec: {host: back.ext, trafficPolicy: {loadBalancer: {consistentHash: ${cookie}}}}`;
      await setup.start(rulesFor([setup.backend.port], '', rule));
      const received = await send(get('/')).saw('ok');
      const written = Buffer.from(`; Path=/${path}; HttpOnly\r\n`).toString('latin1');
      expect(received).toContain(written);
      expect(received).not.toMatch(/^evil:/im);
    });
  });

  it("a mirror's hash policy sets no cookie on the client", async () => {
    const hashed = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: copy, namespace: hello-page}
spec: {hosts: [copy.ext], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC, endpoints: [{address: 127.0.0.1, ports: {http: ${setup.backend.port}}}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: d, namespace: hello-page}
spec: {host: copy.ext, trafficPolicy: {loadBalancer: {consistentHash: {httpCookie: {name: c, ttl: 60s}}}}}`;
    await setup.start(rulesFor([setup.backend.port], `[{${to}, mirror: {host: copy.ext}}]`, hashed));
    expect(await send('GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n').saw('ok')).not.toContain('set-cookie');
    await waitFor(() => setup.backend.received.includes('x-envoy-internal: true'));
  });

  it.each(['P', 'PUT / HTTP/1.1\r\n'])('a time limit of 0 for heads is none: after %j', async (begun) => {
    await setup.start({
      ...rulesFor([setup.backend.port]),
      limits: { requestHeadersTimeoutMs: 0, idleTimeoutMs: 0 },
    });
    const client = send(begun);
    // The proxy looks at its limits once a second.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(client.closed).toBe(false);
    const rest = 'PUT / HTTP/1.1\r\nHost: back.ext\r\nContent-Length: 0\r\n\r\n'.slice(begun.length);
    expect(await client.send(rest).saw('ok')).toContain('200 OK');
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
