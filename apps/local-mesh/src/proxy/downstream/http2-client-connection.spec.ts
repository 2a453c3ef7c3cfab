import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Decision, RouteRequest } from '@grayscale/traffic-rules';
import { routingOf } from '../../../test/routing.js';
import type { AccessRecord } from '../access-record.js';
import { defaultLimits, type ProxyLimits } from '../limits.js';
import type { Runtime } from '../runtime.js';
import { type ConnectCallbacks, Dialler, type DialTarget } from '../upstream/dialler.js';
import { Upstreams } from '../upstream/upstreams.js';
import { Http2ClientConnection } from './http2-client-connection.js';

/** Reaches nobody, so that requests stay under way. */
class NowhereDialler extends Dialler {
  constructor() {
    super({ dial: (address) => address, lookup: () => {}, isOwn: () => false, trusted: () => [] });
  }

  override connect(_: DialTarget, __: ConnectCallbacks): () => boolean {
    return () => true;
  }
}

/** `/held` goes to where nobody answers; all others are answered at once. */
function decide({ method, authority, path, port }: RouteRequest): Decision {
  const common = { because: { reason: 'rule' }, rules: '' } as const;
  if (path === '/held')
    return { kind: 'pass-through', through: 'http', path, ...common, because: { reason: 'unknown-host' } };
  const body = Buffer.from(`${method} ${authority} ${port} ${path}`);
  return { kind: 'direct-response', status: 200, body, responseHeaders: [], ...common };
}

const played: PlayedConnection[] = [];
afterEach(() => {
  for (const { session, connection } of played.splice(0)) {
    connection.destroy();
    session.destroy();
  }
});

class PlayedConnection {
  readonly records: AccessRecord[] = [];
  readonly runtime: Runtime;
  readonly connection: Http2ClientConnection;
  readonly session: ClientHttp2Session;
  readonly begun = performance.now();

  constructor(limits: Partial<ProxyLimits> = {}) {
    this.runtime = {
      options: {
        ...routingOf(decide),
        onComplete: (record) => this.records.push(record),
      },
      limits: { ...defaultLimits, ...limits },
      serverName: 'envoy',
      random: () => 0,
      upstreams: new Upstreams(new NowhereDialler()),
      lookup: async () => true,
      stats: { connections: 1, activeRequests: 0, requests: 0 },
      draining: false,
    };
    const [socket, client] = duplexPair();
    const info = { address: '10.0.0.1:1', localAddress: '10.0.0.2', dialled: () => undefined };
    this.connection = new Http2ClientConnection(this.runtime, socket as never, info, Buffer.alloc(0));
    this.session = connect('http://h', { createConnection: () => client });
    this.session.on('error', () => {});
    played.push(this);
  }

  async ask(path: string, headers: Readonly<Record<string, string>> = {}, body?: Buffer): Promise<Asked> {
    const stream = this.session.request({ ':path': path, ...headers }, { endStream: body === undefined });
    const asked = new Asked(stream);
    if (body !== undefined) stream.write(body);
    await settled();
    return asked;
  }

  /** So long after the connection began. */
  async passes(milliseconds: number): Promise<void> {
    this.connection.enforceLimits(this.begun + milliseconds);
    await settled();
  }
}

/** A request and what comes of it. */
class Asked {
  status: number | undefined;
  body = '';

  constructor(readonly stream: ClientHttp2Stream) {
    stream.on('response', ({ ':status': status }) => {
      this.status = status;
    });
    stream.on('data', (data) => {
      this.body += data;
    });
    // What there is to say of it comes with `close`.
    stream.on('error', () => {});
  }
}

async function settled(): Promise<void> {
  for (let at = 0; at < 40; at++) await turn();
}

describe('a connection in HTTP/2', () => {
  it('answers each of its streams', async () => {
    const one = new PlayedConnection();
    const [get, held, post] = [
      await one.ask('/a'),
      await one.ask('/held'),
      await one.ask('/b', { ':method': 'POST' }, Buffer.from('x')),
    ];
    expect([get.body, held.status, post.body]).toEqual(['GET h:80 80 /a', undefined, 'POST h:80 80 /b']);
    expect(one.runtime.stats).toMatchObject({ requests: 3, activeRequests: 1 });
    expect(one.connection.idle).toBe(false);
    held.stream.close(constants.NGHTTP2_CANCEL);
    await settled();
    expect(one.runtime.stats.activeRequests).toBe(0);
    expect(one.records.map(({ path, status, flags, protocol }) => [path, status, flags, protocol])).toEqual([
      ['/a', 200, [], 'HTTP/2'],
      ['/b', 200, [], 'HTTP/2'],
      ['/held', 0, ['DC'], 'HTTP/2'],
    ]);
  });

  it('reads what is left of a request that was answered early', async () => {
    const one = new PlayedConnection();
    const post = await one.ask('/a', { ':method': 'POST' }, Buffer.alloc(60_000));
    for (let part = 0; part < 100; part++) post.stream.write(Buffer.alloc(60_000));
    post.stream.end();
    for (let at = 0; at < 100 && !post.stream.closed; at++) await settled();
    expect([post.status, post.stream.closed, post.stream.rstCode]).toEqual([200, true, 0]);
  });

  it('refuses what is no request', async () => {
    const one = new PlayedConnection();
    const { status, body } = await one.ask('/a', { ':authority': 'a:99999' });
    expect([status, body]).toEqual([400, 'Bad Request']);
    expect(one.records).toMatchObject([
      { status: 400, details: 'http1.invalid_port', protocol: 'HTTP/2', bytesSent: 11 },
    ]);
    expect(one.runtime.stats).toMatchObject({ requests: 1, activeRequests: 0 });
  });

  it('takes no new stream once the proxy ends, and ends with the last one', async () => {
    const one = new PlayedConnection();
    const held = await one.ask('/held');
    one.runtime.draining = true;
    const late = await one.ask('/a');
    expect([late.status, late.stream.rstCode]).toEqual([undefined, constants.NGHTTP2_REFUSED_STREAM]);
    one.connection.drain();
    await settled();
    expect(one.session.destroyed).toBe(false);
    held.stream.close(constants.NGHTTP2_CANCEL);
    await settled();
    expect(one.session.closed).toBe(true);
  });
});

describe('the time limits of a connection in HTTP/2', () => {
  it('end it when it has been idle, and not while a stream is open', async () => {
    const one = new PlayedConnection({ idleTimeoutMs: 100_000 });
    const held = await one.ask('/held');
    await one.passes(300_000);
    expect(one.session.closed).toBe(false);
    held.stream.close(constants.NGHTTP2_CANCEL);
    await settled();
    await one.passes(50_000);
    expect(one.session.closed).toBe(false);
    await one.passes(300_000);
    expect(one.session.closed).toBe(true);
  });

  it('give up a stream in which nothing moves, and no other', async () => {
    const one = new PlayedConnection({ streamIdleTimeoutMs: 100_000 });
    const [still, moving] = [
      await one.ask('/held'),
      await one.ask('/held', { ':method': 'POST' }, Buffer.from('a')),
    ];
    await one.passes(50_000);
    expect([still.status, moving.status]).toEqual([undefined, undefined]);
    // Its first bytes were seen at the look before.
    await one.passes(140_000);
    expect([still.status, moving.status]).toEqual([504, undefined]);
    await one.passes(160_000);
    expect(moving.status).toBe(408);
    expect(one.connection.idle).toBe(false);
  });

  it('are off where they are 0', async () => {
    const one = new PlayedConnection({ idleTimeoutMs: 0, streamIdleTimeoutMs: 0 });
    await one.passes(1e9);
    expect(one.session.closed).toBe(false);
    const held = await one.ask('/held');
    await one.passes(1e9);
    expect([held.status, held.stream.closed]).toEqual([undefined, false]);
  });
});
