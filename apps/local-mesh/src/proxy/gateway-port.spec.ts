import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { createServer } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createServer as createTlsServer,
  type TLSSocket,
} from 'node:tls';
import {
  compile,
  gatewayClients,
  gatewayPorts,
  inspection,
  parse,
  type RouteRequest,
  route,
  routeConnection,
  routeHttpConnection,
  type TlsTermination,
} from '@grayscale/traffic-rules';
import { jest } from '@jest/globals';
import { answerOf } from '../../test/http2-client.js';
import { ok, ProxySetup } from '../../test/proxy-setup.js';
import { Gateway, type ServerCredentials } from './gateway.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const pem = (name: string) =>
  readFileSync(new URL(`../../../../conformance/certificates/${name}`, import.meta.url));
/** Certificates by what a server's `credentialName` calls them. */
const certificates: Readonly<Record<string, ServerCredentials['tls']>> = {
  a: { cert: pem('gw-a.pem'), key: pem('gw-a.key') },
  wild: { cert: pem('gw-wild.pem'), key: pem('gw-wild.key') },
};

const servers = `
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*.example.com"]}
  - {port: {number: 443, name: a, protocol: HTTPS}, hosts: [a.example.com], tls: {mode: SIMPLE, credentialName: a}}
  - {port: {number: 443, name: w, protocol: HTTPS}, hosts: ["*.example.com"], tls: {mode: MODE, credentialName: wild}}
  - {port: {number: 443, name: none, protocol: HTTPS}, hosts: [none.com], tls: {mode: SIMPLE, credentialName: none}}
  - {port: {number: 443, name: p, protocol: TLS}, hosts: [pass.ext], tls: {mode: PASSTHROUGH}}
  - {port: {number: 9443, name: t, protocol: TLS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: a}}
  - {port: {number: 9000, name: tcp, protocol: TCP}, hosts: ["*"]}
  - {port: {number: 8443, name: none, protocol: HTTPS}, hosts: [none.com], tls: {mode: SIMPLE, credentialName: none}}`;

function rulesOf(http: number, secure: number, mode: string): string {
  const entry = (host: string, port: number) => `
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${host.replace('.', '-')}, namespace: istio-system}
spec: {hosts: [${host}], resolution: STATIC, ports: [{number: 1, name: p, protocol: HTTP}], endpoints: [{address: 127.0.0.1, ports: {p: ${port}}}]}`;
  const rule = (name: string, spec: string) => `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}, namespace: istio-system}
spec: {gateways: [gw], ${spec}}`;
  const to = (host: string) => `route: [{destination: {host: ${host}, port: {number: 1}}}]`;
  return `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:${servers.replace('MODE', mode)}${entry('web.ext', http)}${entry('secure.ext', secure)}
${rule('web', `hosts: ["*.example.com"], http: [{${to('web.ext')}, headers: {response: {set: {x-scheme: "%REQ(x-forwarded-proto)%"}}}}]`)}
${rule('pass', `hosts: [pass.ext], tls: [{match: [{sniHosts: [pass.ext]}], ${to('secure.ext')}}]`)}
${rule('bytes', `hosts: ["*"], tcp: [{match: [{port: 9000}, {port: 9443}], ${to('web.ext')}}]`)}`;
}

describe('a port of a gateway', () => {
  const setup = new ProxySetup();
  beforeEach(() => setup.open());
  afterEach(() => setup.close());

  /** @returns where each port of the gateway is on this machine */
  async function standing(
    mode = 'SIMPLE',
    clients: (termination: TlsTermination) => ServerCredentials['tls'] = () => ({}),
    secure = 1,
  ): Promise<(port: number) => number> {
    const { resources, issues } = parse(rulesOf(setup.backend.port, secure, mode), 'rules.yaml');
    if (issues.length > 0) throw new Error(JSON.stringify(issues));
    const [client] = gatewayClients(resources);
    const table = compile(resources, client?.workload ?? { namespace: '', labels: {} });
    const gateway = new Gateway(gatewayPorts(table), ({ termination }) => {
      const [source] = termination?.certificates === 'mesh' ? [] : (termination?.certificates ?? []);
      const own = source?.kind === 'secret' ? certificates[source.name] : undefined;
      return own && termination && { tls: { ...own, ...clients(termination) } };
    });
    await setup.start({
      route: (request: RouteRequest, draw) => route(table, request, draw),
      routeConnection: (connection, draw) => routeConnection(table, connection, draw),
      routeHttpConnection: (to, draw) => routeHttpConnection(table, to, draw),
      inspection: (to) => inspection(table, to),
      gateway: () => gateway,
    });
    const local = new Map<number, number>();
    for (const { port } of gateway.ports) {
      const bound = await setup.proxy.listen({ host: '127.0.0.1', port: 0 }, { kind: 'gateway', port });
      local.set(port, bound.port);
    }
    return (port) => local.get(port) ?? 0;
  }

  /** What comes back inside TLS, with the certificate that was shown; or the error. */
  function overTls(port: number, servername: string | undefined, more: ConnectionOptions = {}) {
    const socket = connectTls({
      ...{ host: '127.0.0.1', port, rejectUnauthorized: false, ...more },
      ...(servername !== undefined && { servername }),
    });
    setup.onClose(() => socket.destroy());
    const host = servername ?? 'a.example.com';
    socket.write(`GET /x HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    return new Promise<{ text: string; certificate?: unknown }>((resolve) => {
      let text = '';
      let certificate: unknown;
      socket.on('secureConnect', () => {
        certificate = socket.getPeerCertificate().subject.CN;
      });
      socket.on('data', (data: Buffer) => {
        text += data.toString();
      });
      socket.on('error', (error) => resolve({ text: error.message }));
      socket.on('close', () => resolve({ text, certificate }));
    });
  }

  it('of HTTP takes requests in HTTP/1.1, and answers HTTP/1.0 with 426', async () => {
    const at = await standing();
    const answer = await setup
      .connect(at(80))
      .send('GET / HTTP/1.1\r\nHost: b.example.com\r\n\r\n')
      .saw('ok');
    expect(answer).toContain('x-scheme: http\r\n');
    expect(answer).toContain('server: istio-envoy\r\n');
    const old = setup.connect(at(80)).send('GET / HTTP/1.0\r\nHost: b.example.com\r\n\r\n');
    expect(await old.untilClosed()).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
  });

  it.each([
    ['a.example.com', 'gw-a', /200 OK.*x-scheme: https/s],
    ['A.Example.com', 'gw-a', /200 OK/],
    ['b.example.com', 'gw-wild', /200 OK/],
    ['none.com', undefined, /disconnected|ECONNRESET/],
    ['other.ext', undefined, /disconnected|ECONNRESET/],
    [undefined, undefined, /disconnected|ECONNRESET/],
  ])('of HTTPS finds the server by the name %s', async (name, certificate, text) => {
    const at = await standing();
    const got = await overTls(at(443), name);
    expect([got.certificate, got.text]).toEqual([certificate, expect.stringMatching(text)]);
  });

  it('without any certificate for a server is not served', async () => {
    const at = await standing();
    expect(at(8443)).toBe(0);
  });

  it('of HTTPS closes the connection of a client that speaks no TLS', async () => {
    const at = await standing();
    expect(
      await setup.connect(at(443)).send('GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n').untilClosed(),
    ).toBe('');
  });

  it('of HTTPS offers HTTP/2', async () => {
    const at = await standing();
    const session = connectHttp2(`https://127.0.0.1:${at(443)}`, {
      servername: 'a.example.com',
      ca: pem('ca.pem'),
    });
    setup.onClose(() => session.destroy());
    const stream = session.request({ ':authority': 'a.example.com', ':path': '/two' });
    expect(await answerOf(stream)).toMatchObject({ status: 200, body: 'ok' });
    expect(setup.backend.received).toContain('GET /two HTTP/1.1\r\nhost: a.example.com\r\n');
    expect(setup.backend.received).toContain('x-forwarded-proto: https\r\n');
  });

  describe('with certificates of clients', () => {
    const own = { cert: pem('gw-wild.pem'), key: pem('gw-wild.key') };
    const foreign = { cert: pem('backend.pem'), key: pem('backend.key') };
    const asked = ({ clients }: TlsTermination): ServerCredentials['tls'] =>
      clients === undefined
        ? {}
        : { ca: pem('gw-wild.pem'), requestCert: true, rejectUnauthorized: clients.required };

    it.each([
      ['MUTUAL', 'its own', own, /200 OK/],
      ['MUTUAL', 'none', {}, /alert|ECONNRESET/],
      ['MUTUAL', 'a foreign one', foreign, /^$|alert|ECONNRESET/],
      ['OPTIONAL_MUTUAL', 'none', {}, /200 OK/],
      ['OPTIONAL_MUTUAL', 'its own', own, /200 OK/],
    ])('%s: a client with %s', async (mode, _, certificate, text) => {
      const at = await standing(mode, asked);
      expect((await overTls(at(443), 'b.example.com', certificate)).text).toMatch(text);
    });
  });

  it('passes TLS on by its name, and ends it for what carries bytes', async () => {
    const behind = createTlsServer(
      { cert: pem('backend.pem'), key: pem('backend.key') },
      (socket: TLSSocket) => {
        socket.on('error', () => {}).end(`behind for ${socket.servername || 'nobody'}`);
      },
    );
    setup.onClose(() => behind.close());
    await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
    const at = await standing('SIMPLE', undefined, (behind.address() as { port: number }).port);
    const passed = await overTls(at(443), 'pass.ext');
    expect(passed).toEqual({ text: 'behind for pass.ext', certificate: 'backend' });
    setup.backend.onData((socket) => socket.end(ok));
    const bytes = await overTls(at(9443), 'anything.ext');
    expect([bytes.certificate, bytes.text]).toEqual([
      'gw-a',
      expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n.*ok$/s),
    ]);
  });

  it('of TCP passes bytes on, whoever speaks first', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).write('ready\n'));
    setup.onClose(() => server.close());
    await setup.backend.stop();
    await new Promise<void>((resolve) => server.listen(setup.backend.port, '127.0.0.1', resolve));
    const at = await standing();
    expect(await setup.connect(at(9000)).saw('ready')).toBe('ready\n');
  });

  it('is reached through CONNECT as well, and no other port is', async () => {
    await standing();
    const plain = setup.connect().send('CONNECT b.example.com:80 HTTP/1.1\r\n\r\n');
    await plain.saw('\r\n\r\n');
    expect(await plain.send('GET / HTTP/1.1\r\nHost: b.example.com\r\n\r\n').saw('ok')).toContain(
      'istio-envoy',
    );
    const other = setup.connect().send('CONNECT 127.0.0.1:81 HTTP/1.1\r\n\r\n');
    expect(await other.untilClosed()).toMatch(/^HTTP\/1\.1 502 /);
  });
});
