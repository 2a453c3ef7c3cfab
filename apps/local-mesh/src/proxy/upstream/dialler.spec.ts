import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type LookupFunction, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOrigination } from '@grayscale/traffic-rules';
import type { Address } from '../address.js';
import { Dialler, type DiallerOptions } from './dialler.js';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server of the machine's own. */
async function listening(path?: string): Promise<Address> {
  const server = createServer((socket) => sockets.push(socket.on('error', () => {})));
  servers.push(server);
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null
    ? { host: '127.0.0.1', port: address.port }
    : { host: `unix://${path}`, port: 0 };
}

const unknownName: (code: string) => LookupFunction = (code) => (_, __, callback) =>
  callback(Object.assign(new Error(code), { code }), '', 0);

/** What an attempt comes to: `connected`, or why not. */
function outcomeOf(
  address: Address,
  {
    tls,
    connectTimeoutMs = 10_000,
    ...options
  }: Partial<DiallerOptions> & { tls?: TlsOrigination; connectTimeoutMs?: number } = {},
): Promise<string> {
  const dialler = new Dialler({
    dial: (where) => where,
    lookup: unknownName('ENOTFOUND'),
    isOwn: () => false,
    trusted: () => [],
    ...options,
  });
  const destination = {
    address,
    connectTimeoutMs,
    ...(tls !== undefined && { tls: { settings: tls, host: 'a' } }),
  };
  return new Promise((resolve) => {
    dialler.connect(destination, {
      onConnected: (socket) => {
        sockets.push(socket);
        resolve('connected');
      },
      onFailure: resolve,
    });
  });
}

describe('an attempt to connect', () => {
  it('comes to a server that listens', async () => {
    expect(await outcomeOf(await listening())).toBe('connected');
  });

  it('goes where the last word leads', async () => {
    const address = await listening();
    expect(await outcomeOf({ host: 'elsewhere.example', port: 1 }, { dial: () => address })).toBe(
      'connected',
    );
  });

  it('comes to a socket of the file system', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dialler-'));
    try {
      expect(await outcomeOf(await listening(join(folder, 'socket')))).toBe('connected');
      expect(await outcomeOf({ host: `unix://${folder}/none`, port: 0 })).toBe('refused');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused where nobody listens', async () => {
    const address = await listening();
    servers.pop()?.close();
    expect(await outcomeOf(address)).toBe('refused');
  });

  it.each([
    ['ENOTFOUND', 'name-not-found'],
    ['EAI_AGAIN', 'name-not-found'],
    ['EOTHER', 'refused'],
  ])('to a name that DNS answers with %s: %s', async (code, expected) => {
    expect(await outcomeOf({ host: 'a.example', port: 1 }, { lookup: unknownName(code) })).toBe(expected);
  });

  it('to no name leads nowhere, not to this machine', async () => {
    const { port } = await listening();
    const asked: string[] = [];
    const lookup: LookupFunction = (name, options, callback) => {
      asked.push(name);
      unknownName('ENOTFOUND')(name, options, callback);
    };
    expect(await outcomeOf({ host: '', port }, { lookup })).toBe('name-not-found');
    expect(asked).toEqual(['empty.invalid']);
  });

  it('to the proxy itself is a loop', async () => {
    expect(await outcomeOf(await listening(), { isOwn: () => true })).toBe('loop');
  });

  it('takes no longer than it may, TLS included', async () => {
    const tls: TlsOrigination = { alpn: [] };
    expect(await outcomeOf(await listening(), { tls, connectTimeoutMs: 50 })).toBe('timeout');
  });

  it('fails where the certificate to show cannot be read', async () => {
    const clientCertificate = {
      kind: 'files',
      certificate: '/none/a.pem',
      privateKey: '/none/b.pem',
    } as const;
    expect(await outcomeOf(await listening(), { tls: { alpn: [], clientCertificate } })).toBe('refused');
  });

  it.each([
    undefined,
    { alpn: [], clientCertificate: { kind: 'files', certificate: '/none', privateKey: '/none' } } as const,
  ])('that is ended is not heard of, and ends once (%j)', async (tls) => {
    const address = await listening();
    const dialler = new Dialler({
      dial: (where) => where,
      lookup: unknownName(''),
      isOwn: () => false,
      trusted: () => [],
    });
    const heard: unknown[] = [];
    const destination = {
      address,
      connectTimeoutMs: 1000,
      ...(tls && { tls: { settings: tls, host: 'a' } }),
    };
    const end = dialler.connect(destination, {
      onConnected: () => heard.push('connected'),
      onFailure: (kind) => heard.push(kind),
    });
    expect([end(), end()]).toEqual([true, false]);
    await outcomeOf(address);
    expect(heard).toEqual([]);
  });
});
