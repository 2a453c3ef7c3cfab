import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { jest } from '@jest/globals';
import { Greeter, greeterClient } from '../../test/grpc.js';
import { answerOf, begin, sessionOver } from '../../test/http2-client.js';
import { ok, ProxySetup } from '../../test/proxy-setup.js';
import { routing, rulesText } from '../../test/rules.js';

// A machine at its limit is slow, not wrong.
jest.setTimeout(120_000);

const anyPort = { host: '127.0.0.1', port: 0 };
const certificates = new URL('../../../../conformance/certificates/', import.meta.url);
const ofBackend = (kind: 'pem' | 'key') => readFileSync(new URL(`backend.${kind}`, certificates));

function entry(host: string, port: string, target: number, more = ''): string {
  return `
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: ${host.replaceAll('.', '-')}, namespace: hello-page}
spec: {hosts: [${host}], ports: [${port}], resolution: STATIC, endpoints: [{address: 127.0.0.1, ports: {p: ${target}}}]${more}}`;
}

function rule(host: string, spec: string): string {
  return `
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${host.replaceAll('.', '-').replace('*', 'all')}, namespace: hello-page}
spec: {hosts: ["${host}"], ${spec}}`;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

describe('a port that stands for a service', () => {
  const setup = new ProxySetup();
  beforeEach(() => setup.open());
  afterEach(() => setup.close());

  /** A proxy over the rules, with one more port. @returns that port */
  async function standingFor(
    service: string,
    rules: string,
    policy: 'ALLOW_ANY' | 'REGISTRY_ONLY' = 'ALLOW_ANY',
  ): Promise<number> {
    const [host = '', port] = service.split(':');
    await setup.start(routing(rules, policy));
    const role = { kind: 'service', host, port: Number(port) } as const;
    return (await setup.proxy.listen(anyPort, role)).port;
  }

  async function serving(server: Server): Promise<number> {
    setup.onClose(() => server.close());
    return await listening(server);
  }

  describe('of HTTP', () => {
    const answering = (name: string) =>
      `http: [{match: [{uri: {prefix: /teapot}}], directResponse: {status: 418}}, {route: [{destination: {host: ${name}}}], headers: {response: {set: {x-rule: ${name}}}}}]`;
    const twoHosts = () =>
      rulesText([setup.backend.port]) +
      entry('other.ext', '{number: 80, name: p, protocol: HTTP}', setup.backend.port) +
      rule('back.ext', answering('back.ext')) +
      rule('other.ext', answering('other.ext'));

    it.each([
      ['the port itself', '127.0.0.1:{PORT}', 'back.ext'],
      ['the machine by name', 'localhost:{PORT}', 'back.ext'],
      ['what a container calls the machine', 'host.docker.internal:{PORT}', 'back.ext'],
      ['nothing', '', 'back.ext'],
      ['the service', 'back.ext', 'back.ext'],
      ['the service, with the port dialled', 'BACK.ext:{PORT}', 'back.ext'],
      ['another service of the mesh', 'other.ext', 'other.ext'],
    ])('is asked for %s', async (_, host, expected) => {
      const port = await standingFor('back.ext:80', twoHosts());
      const sent = host.replace('{PORT}', String(port));
      const received = await setup.connect(port).send(`GET /a HTTP/1.1\r\nHost: ${sent}\r\n\r\n`).saw('ok');
      expect(received).toContain(`x-rule: ${expected}\r\n`);
      const kept = sent.toLowerCase().startsWith(expected) ? sent : expected;
      expect(setup.backend.received).toContain(`host: ${kept}\r\n`);
      expect(setup.records.at(-1)).toMatchObject({ port: 80, status: 200 });
    });

    it('stands for its own even where a rule is for every host', async () => {
      const rules =
        rulesText([setup.backend.port]) + rule('*.local', 'http: [{directResponse: {status: 418}}]');
      const port = await standingFor('back.ext:80', rules.replace('*.local', '*'));
      const received = await setup
        .connect(port)
        .send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
        .saw('\r\n\r\n');
      expect(received).toMatch(/^HTTP\/1\.1 418 /);
      expect(setup.records.at(-1)?.authority).toBe('back.ext');
    });

    it('writes the port into the Host where it is not 80', async () => {
      const rules = rulesText([setup.backend.port]).replace('number: 80', 'number: 8080');
      const port = await standingFor('back.ext:8080', rules);
      await setup.connect(port).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').saw('ok');
      expect(setup.backend.received).toContain('host: back.ext:8080\r\n');
    });

    it('decides each request of a connection, and knows neither CONNECT nor other hosts', async () => {
      const port = await standingFor('back.ext:80', twoHosts());
      const client = setup.connect(port);
      await client.send('GET /teapot HTTP/1.1\r\nHost: a\r\n\r\n').saw('418');
      await client.send('GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: a\r\n\r\n').saw('ok');
      await client.send('CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: a\r\n\r\n').saw('404');
      expect(await client.untilClosed()).toContain('HTTP/1.1 404 ');
    });

    it('obeys REGISTRY_ONLY as every other port', async () => {
      const port = await standingFor('back.ext:80', twoHosts(), 'REGISTRY_ONLY');
      const received = await setup.connect(port).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').saw('ok');
      expect(received).toMatch(/^HTTP\/1\.1 200 /);
    });

    it('takes HTTP/2 with prior knowledge', async () => {
      const port = await standingFor('back.ext:80', twoHosts());
      const session = sessionOver(connect(port, '127.0.0.1'));
      setup.onClose(() => session.destroy());
      const stream = begin(session, '/', { ':authority': `localhost:${port}` });
      stream.end();
      const { status, headers } = await answerOf(stream);
      expect([status, headers]).toEqual([200, expect.arrayContaining(['x-rule', 'back.ext'])]);
      expect(setup.backend.received).toContain('host: back.ext\r\n');
    });

    it('is a target for gRPC clients that know of no proxy', async () => {
      const greeter = await new Greeter('v1').start();
      setup.onClose(() => greeter.stop());
      const rules =
        entry('greeter.ext', '{number: 50051, name: p, protocol: GRPC}', greeter.port) +
        rule(
          'greeter.ext',
          'http: [{match: [{headers: {user: {exact: nobody}}}], fault: {abort: {httpStatus: 503, percentage: {value: 100}}}, route: [{destination: {host: greeter.ext}}]}, {route: [{destination: {host: greeter.ext}}]}]',
        );
      const port = await standingFor('greeter.ext:50051', rules);
      const client = greeterClient(`127.0.0.1:${port}`);
      setup.onClose(() => client.close());
      const said = await new Promise((resolve, reject) =>
        client.Say(Buffer.from('hello'), (error: Error | null, answer: Buffer) =>
          error === null ? resolve(answer.toString()) : reject(error),
        ),
      );
      expect(said).toBe('v1: hello');
    });
  });

  describe('of bytes', () => {
    const greeting = (name: string) =>
      createServer((socket) => {
        socket.write(`${name} ready\n`);
        socket.on('data', (data) => socket.end(`got ${data.toString()}`)).on('error', () => {});
      });

    it('lets the server speak first, and obeys rules of TCP', async () => {
      const [one, two] = [await serving(greeting('one')), await serving(greeting('two'))];
      const tcp = '{number: 5432, name: p, protocol: TCP}';
      const rules = entry('db.ext', tcp, one) + entry('db-2.ext', tcp.replace('5432', '5433'), two);
      const plain = await standingFor('db.ext:5432', rules);
      expect(await setup.connect(plain).saw('one ready\n')).toBe('one ready\n');
      await setup.proxy.close();
      const ruled =
        rules + rule('db.ext', 'tcp: [{route: [{destination: {host: db-2.ext, port: {number: 5433}}}]}]');
      const client = setup.connect(await standingFor('db.ext:5432', ruled));
      await client.saw('two ready\n');
      expect(await client.send('bye').untilClosed()).toBe('two ready\ngot bye');
    });

    it('lets it speak first also where others have HTTP on the port', async () => {
      const server = await serving(greeting('db'));
      const rules =
        rulesText([setup.backend.port]) +
        entry('db.ext', '{number: 80, name: p, protocol: TCP}', server, ', addresses: [240.0.0.9]');
      const port = await standingFor('db.ext:80', rules);
      expect(await setup.connect(port).saw('db ready\n')).toBe('db ready\n');
      const tunnel = setup.connect().send('CONNECT db.ext:80 HTTP/1.1\r\n\r\n');
      expect(await tunnel.saw('ready')).toBe('HTTP/1.1 200 OK\r\n\r\ndb ready\n');
    });

    it('closes the connection when the server cannot be reached', async () => {
      const port = await standingFor(
        'db.ext:5432',
        entry('db.ext', '{number: 5432, name: p, protocol: TCP}', 1),
      );
      expect(await setup.connect(port).untilClosed()).toBe('');
      expect(setup.records).toContainEqual(
        expect.objectContaining({ flags: ['UF'], upstreamCluster: 'outbound|5432||db.ext' }),
      );
    });
  });

  describe('of TLS', () => {
    const secure = (name: string) =>
      createTlsServer({ cert: ofBackend('pem'), key: ofBackend('key') }, (socket: TLSSocket) => {
        socket.on('error', () => {}).end(`${name} for ${socket.servername || 'nobody'}`);
      });

    function read(port: number, servername: string | undefined): Promise<string> {
      const socket = connectTls({
        ...{ host: '127.0.0.1', port, rejectUnauthorized: false },
        ...(servername !== undefined && { servername }),
      });
      setup.onClose(() => socket.destroy());
      return new Promise((resolve, reject) => {
        let text = '';
        socket.on('data', (data: Buffer) => {
          text += data.toString();
        });
        socket.on('end', () => resolve(text)).on('error', reject);
      });
    }

    it.each([
      ['this machine', 'localhost', 'one'],
      ['nothing', undefined, 'one'],
      ['a stranger', 'far.ext', 'one'],
      ['the service', 'one.ext', 'one'],
      ['another service of the port', 'two.ext', 'two'],
    ])('is asked for %s', async (_, servername, expected) => {
      const tls = '{number: 443, name: p, protocol: TLS}';
      const rules =
        entry('one.ext', tls, await serving(secure('one'))) +
        entry('two.ext', tls, await serving(secure('two')));
      const port = await standingFor('one.ext:443', rules, 'REGISTRY_ONLY');
      expect(await read(port, servername)).toBe(`${expected} for ${servername ?? 'nobody'}`);
    });
  });

  it('ends with the proxy', async () => {
    const port = await standingFor('back.ext:80', rulesText([setup.backend.port]));
    const client = setup.connect(port);
    setup.backend.onData((socket) => setTimeout(() => socket.write(ok), 50));
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    while (setup.backend.received === '') await new Promise((resolve) => setTimeout(resolve, 5));
    await setup.proxy.drain(10);
    expect(client.received).toContain('connection: close');
    expect(await setup.connect(port).untilClosed()).toBe('');
  });
});
