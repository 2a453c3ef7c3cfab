import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  type IncomingMessage,
  request as requestHttp1,
  type ServerResponse,
  createServer as serveHttp1,
} from 'node:http';
import { createServer as serveHttp2 } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { begin, sessionOver, tunnelTo } from '../../test/http2-client.js';
import { ProxySetup } from '../../test/proxy-setup.js';
import { http2Upgrade, rulesFor } from '../../test/rules.js';

/** More than all buffers on the way hold. */
const body = Buffer.alloc(12_000_000, 'what a body is made of, ');
const digestOf = (data: Buffer) => createHash('sha256').update(data).digest('hex');
const whole = digestOf(body);

/** Reads on only when everything before has come to a stop. */
async function readLate(from: Readable): Promise<string> {
  await after(100);
  const parts: Buffer[] = [];
  for await (const part of from) parts.push(part as Buffer);
  return digestOf(Buffer.concat(parts));
}

/** Says what came, and then as much. */
async function answer(request: Readable, response: ServerResponse): Promise<void> {
  const digest = await readLate(request);
  response.setHeader('x-digest', digest);
  response.end(body);
}

interface Echo {
  /** Of what the server got, and of what came back. */
  got: unknown;
  back: string;
}

const clients = {
  async http1(port: number): Promise<Echo> {
    const request = requestHttp1({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path: 'http://back.ext/',
      agent: false,
    });
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.end(body);
    const [response] = await answered;
    return { got: response.headers['x-digest'], back: await readLate(response) };
  },
  async http2(port: number): Promise<Echo> {
    const session = sessionOver(await tunnelTo('back.ext:80', port));
    const stream = begin(session, '/');
    const answered = once(stream, 'response') as Promise<[Record<string, unknown>]>;
    stream.end(body);
    const [headers] = await answered;
    const back = await readLate(stream);
    session.destroy();
    return { got: headers['x-digest'], back };
  },
};

const servers = {
  http1: () => serveHttp1((request, response) => void answer(request, response)),
  http2: () => serveHttp2((request, response) => void answer(request, response as unknown as ServerResponse)),
};

describe('a body that waits for its reader arrives as it was sent, both ways', () => {
  const setup = new ProxySetup();
  beforeEach(() => setup.open());
  afterEach(() => setup.close());

  const kinds = ['http1', 'http2'] as const;
  it.each(kinds.flatMap((client) => kinds.map((server) => [client, server] as const)))(
    '%s to a server of %s',
    async (client, kind) => {
      const server: Server = servers[kind]();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      setup.onClose(() => server.close());
      const { port } = server.address() as AddressInfo;
      await setup.start(rulesFor([port], '', kind === 'http2' ? http2Upgrade : ''));
      expect(await clients[client](setup.port)).toEqual({ got: whole, back: whole });
    },
  );
});
