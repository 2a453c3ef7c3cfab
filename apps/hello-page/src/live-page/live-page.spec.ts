import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { createService } from '@grayscale/service-runtime';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { request } from 'undici';
import { helloPageSettings } from '../settings.js';
import { LivePageModule } from './index.js';

const build = fileURLToPath(new URL('../../web/build.ts', import.meta.url));

/** What a browser says of itself. */
const browser = { accept: 'text/html,*/*;q=0.8', 'accept-encoding': 'gzip, deflate, br' };

async function start(
  environment: NodeJS.ProcessEnv = {},
): Promise<{ app: NestFastifyApplication; origin: string }> {
  const options = {
    name: 'live-page',
    defaultPort: 0,
    settings: helloPageSettings,
    environment: { REQUEST_LOG: 'none', ...environment },
  };
  const { app } = await createService(LivePageModule, options);
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  return { app, origin: `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}` };
}

async function read(url: string, headers: Record<string, string> = {}) {
  const { statusCode, headers: received, body } = await request(url, { headers });
  return { status: statusCode, headers: received, body: Buffer.from(await body.arrayBuffer()) };
}

describe('GET /', () => {
  let service: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    execFileSync(process.execPath, [build]);
    service = await start();
  });

  afterAll(() => service.app.close());

  it('is the page for a browser, under a policy without exceptions', async () => {
    const { status, headers, body } = await read(`${service.origin}/`, { accept: 'text/html' });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(headers.vary).toContain('accept');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body.toString()).not.toMatch(/\sstyle=|<style|<script(?![^>]*src=)|\son\w+=/);
  });

  it.each([{ accept: '*/*' }, { accept: 'text/plain' }])(
    'tells curl how to use it ($accept)',
    async ({ accept }) => {
      const { status, headers, body } = await read(`${service.origin}/`, { accept });
      expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(body.toString()).toContain(`curl '${service.origin}/page?name=test'`);
    },
  );

  it('tells it in Chinese to who reads Chinese', async () => {
    const { body } = await read(`${service.origin}/`, { 'accept-language': 'zh-CN' });
    expect(body.toString()).toContain('灰度发布');
  });

  it('asks nobody else for anything, and names only assets that are there', async () => {
    const { body } = await read(`${service.origin}/`, { accept: 'text/html' });
    const named = [...body.toString().matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1] ?? '');
    // The icon, the style sheet, the script, and what the script imports at once.
    expect(named).toHaveLength(4);
    for (const path of named) expect(path).toMatch(/^\/assets\/[\w-]+\.(js|css|svg)$/);
    for (const path of named) {
      const asset = await read(`${service.origin}${path}`, browser);
      expect([asset.status, asset.headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
    }
  });

  it('is under 50 kB over the wire until it is painted, headers included', async () => {
    const html = await read(`${service.origin}/`, browser);
    expect(html.headers['content-encoding']).toBe('br');
    const named = [
      ...brotliDecompressSync(html.body)
        .toString()
        .matchAll(/(?:src|href)="(\/[^"]+)"/g),
    ];
    const assets = await Promise.all(named.map((match) => read(`${service.origin}${match[1]}`, browser)));
    const sizes = [html, ...assets].map(({ headers, body }) => body.length + JSON.stringify(headers).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(50_000);
  });

  it('leaves no way out of the folder of assets', async () => {
    for (const path of [
      '/assets/../index.html',
      '/assets/%2e%2e/index.html',
      '/assets/..%2fserver.js',
      '/assets/',
    ])
      expect((await read(`${service.origin}${path}`)).status).toBeGreaterThanOrEqual(400);
  });

  it('knows no local mesh unless it is told of one', async () => {
    for (const path of ['/mesh/rules', '/mesh/explain?name=test', '/mesh/events'])
      expect((await read(`${service.origin}${path}`)).status).toBe(404);
  });
});

describe('/mesh/*', () => {
  const asked: string[] = [];
  let admin: Server;
  let open = 0;
  let service: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    admin = createServer((incoming, outgoing) => {
      asked.push(incoming.url ?? '');
      if (incoming.url !== '/events')
        return outgoing.setHeader('content-type', 'application/json').end('{"hash":"a"}');
      open++;
      outgoing.on('close', () => open--);
      outgoing.setHeader('content-type', 'text/event-stream').write('event: rules\ndata: {}\n\n');
      return outgoing;
    });
    await new Promise<void>((resolve) => admin.listen(0, '127.0.0.1', resolve));
    service = await start({ LOCAL_MESH_ADMIN: `http://127.0.0.1:${(admin.address() as AddressInfo).port}` });
  });

  afterAll(async () => {
    await service.app.close();
    admin.closeAllConnections();
    admin.close();
  });

  it('passes the rules on', async () => {
    const { status, headers, body } = await read(`${service.origin}/mesh/rules`);
    expect([status, headers['content-type'], body.toString()]).toEqual([
      200,
      'application/json',
      '{"hash":"a"}',
    ]);
    expect(headers['cache-control']).toBe('no-store');
  });

  it.each([
    { name: 'test', header: 'user: test' },
    { name: '张三', header: 'user: 张三' },
    { name: '&url=http://other/', header: 'user: &url=http://other/' },
    { name: '', header: null },
  ])('asks about the request that "$name" would send, and no other', async ({ name, header }) => {
    asked.length = 0;
    await read(`${service.origin}/mesh/explain?${new URLSearchParams({ name })}`);
    const { pathname, searchParams } = new URL(asked[0] ?? '', 'http://admin');
    expect([pathname, searchParams.get('method'), searchParams.get('header')]).toEqual([
      '/explain',
      'GET',
      header,
    ]);
    expect(searchParams.getAll('url')).toEqual(['http://hello.com/hello']);
  });

  it('passes events on as they come, and hangs up on the mesh when the browser goes', async () => {
    const { headers, body } = await request(`${service.origin}/mesh/events`);
    expect(headers['content-type']).toBe('text/event-stream');
    for await (const chunk of body) {
      expect(String(chunk)).toBe('event: rules\ndata: {}\n\n');
      break;
    }
    while (open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(open).toBe(0);
  });

  it('takes no word from a browser: only GET', async () => {
    const { statusCode, body } = await request(`${service.origin}/mesh/rules`, { method: 'POST' });
    await body.dump();
    expect(statusCode).toBe(405);
  });

  it('says 502 when the mesh does not answer', async () => {
    const lost = await start({ LOCAL_MESH_ADMIN: 'http://127.0.0.1:1' });
    const { status, body } = await read(`${lost.origin}/mesh/rules`);
    expect([status, body.toString()]).toEqual([
      502,
      'The local mesh at http://127.0.0.1:1 does not answer\n',
    ]);
    await lost.app.close();
  });
});

describe('/rehearsal/*', () => {
  const asked: string[] = [];
  let neighbour: Server;
  let service: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    neighbour = createServer(async (incoming, outgoing) => {
      asked.push(`${incoming.method} ${incoming.url} ${await text(incoming)}`);
      const status = incoming.url === '/releases/busy/commands' ? 409 : 200;
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end('{"said":"yes"}');
    });
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(neighbour.address() as AddressInfo).port}`;
    service = await start({ RELEASE_CONTROLLER: address, FAULT_CONTROL_URL: address });
  });

  beforeEach(() => {
    asked.length = 0;
  });

  afterAll(async () => {
    await service.app.close();
    neighbour.closeAllConnections();
    neighbour.close();
  });

  async function send(method: 'GET' | 'POST' | 'PUT', path: string, headers: Record<string, string> = {}) {
    const sent = { method, headers: { 'content-type': 'application/json', ...headers } };
    const body = method === 'GET' ? {} : { body: '{"kind":"pause"}' };
    const answer = await request(`${service.origin}/rehearsal/${path}`, { ...sent, ...body });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  it.each([
    ['GET', 'releases', 'GET /releases ', 200],
    ['GET', 'faults', 'GET /faults ', 200],
    ['PUT', 'faults', 'PUT /faults {"kind":"pause"}', 200],
    ['POST', 'releases/hello-2/commands', 'POST /releases/hello-2/commands {"kind":"pause"}', 200],
    ['POST', 'releases/busy/commands', 'POST /releases/busy/commands {"kind":"pause"}', 409],
    ['POST', 'releases/..%2Fx/commands', 'POST /releases/..%2Fx/commands {"kind":"pause"}', 200],
  ] as const)('passes %s %s on, and its answer back', async (method, path, told, status) => {
    expect(await send(method, path)).toEqual({ status, text: '{"said":"yes"}' });
    expect(asked).toEqual([told]);
  });

  it.each([
    ['GET', 'releases', { host: 'rebound.example' }, 421],
    ['POST', 'releases/hello-2/commands', { origin: 'http://evil.example' }, 403],
    ['PUT', 'faults', { 'sec-fetch-site': 'cross-site' }, 403],
  ] as const)('lets no page of another site in: %s %s with %j', async (method, path, headers, status) => {
    expect((await send(method, path, headers)).status).toBe(status);
    expect(asked).toEqual([]);
  });

  it('is not there where there is nothing to rehearse, and says what is missing', async () => {
    const alone = await start();
    for (const [path, setting] of [
      ['releases', 'RELEASE_CONTROLLER'],
      ['faults', 'FAULT_CONTROL_URL'],
    ]) {
      const { status, body } = await read(`${alone.origin}/rehearsal/${path}`);
      expect([status, body.toString()]).toEqual([404, expect.stringContaining(`${setting} is not set`)]);
    }
    await alone.app.close();
  });
});
