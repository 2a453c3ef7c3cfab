import { answerOf, begin, sessionOver, tunnelTo } from '../../test/http2-client.js';
import { ProxySetup } from '../../test/proxy-setup.js';
import { rulesFor } from '../../test/rules.js';
import { createProxy } from './proxy.js';

const get = (target: string, more = '') =>
  `GET ${target} HTTP/1.1\r\nhost: back.ext\r\n${more}connection: close\r\n\r\n`;

describe('a proxy that is told of rules, and of nothing else', () => {
  const setup = new ProxySetup();

  beforeEach(async () => {
    await setup.open();
    const { route, routeConnection, routeHttpConnection } = rulesFor([setup.backend.port]);
    setup.proxy = createProxy({ route, routeConnection, routeHttpConnection });
    setup.port = (await setup.proxy.listen({ host: '127.0.0.1', port: 0 })).port;
  });
  afterEach(() => setup.close());

  const answerTo = (text: string, port?: number) => setup.connect(port).send(text).untilClosed();

  it('serves requests', async () => {
    expect(await answerTo(get('http://back.ext/'))).toMatch(/^HTTP\/1\.1 200 .*ok$/s);
    expect(setup.proxy.stats).toMatchObject({ requests: 1, activeRequests: 0 });
  });

  it('refuses requests, and goes on', async () => {
    expect(await answerTo('GET / HTTP/1.1\r\nhost: a b\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await answerTo(get('http://back.ext/'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('stands for no port: a request in origin form is led by its Host alone', async () => {
    expect(await answerTo(get('/'))).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('serves HTTP/2 through a tunnel', async () => {
    const session = sessionOver(await tunnelTo('back.ext:80', setup.port));
    setup.onClose(() => session.destroy());
    const answers = ['/', '/again'].map((path) => answerOf(begin(session, path).end()));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('passes bytes on that are no HTTP', async () => {
    setup.backend.onData((socket) => socket.end('pong'));
    const client = setup.connect().send(`CONNECT 127.0.0.1:${setup.backend.port} HTTP/1.1\r\n\r\n`);
    await client.saw('200');
    client.send('\x00ping');
    expect(await client.untilClosed()).toMatch(/pong$/);
  });

  it('stands for a service whatever the Host is', async () => {
    const role = { kind: 'service', host: 'back.ext', port: 80 } as const;
    const { port } = await setup.proxy.listen({ host: '127.0.0.1', port: 0 }, role);
    const request = (host: string) => `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
    for (const host of ['back.ext', 'other.ext', 'localhost'])
      expect(await answerTo(request(host), port)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is no gateway: nobody is served at a port of one', async () => {
    const { port } = await setup.proxy.listen({ host: '127.0.0.1', port: 0 }, { kind: 'gateway', port: 80 });
    expect(await answerTo(get('/'), port)).toBe('');
  });
});
