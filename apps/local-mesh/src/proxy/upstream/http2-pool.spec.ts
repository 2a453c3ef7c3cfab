import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import { duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { OutgoingRequest } from '../message/request.js';
import type { ConnectCallbacks } from './dialler.js';
import { Http2Pool } from './http2-pool.js';
import { Resources } from './resources.js';
import type { StreamHandler } from './stream.js';

const get: OutgoingRequest = {
  method: 'GET',
  scheme: 'http',
  authority: 'a.example',
  path: '/x',
  headers: ['user', 'test'],
  bodyLength: 0,
  untouched: false,
};
const post: OutgoingRequest = { ...get, method: 'POST', bodyLength: undefined };

/** Until nothing is under way any more between two ends in memory. */
async function settled(): Promise<void> {
  for (let at = 0; at < 30; at++) await turn();
}

class Server {
  readonly streams: Array<{ stream: ServerHttp2Stream; headers: readonly string[]; body: string }> = [];
  readonly session: ServerHttp2Session;

  constructor(socket: ReturnType<typeof duplexPair>[1], settings: Settings) {
    this.session = performServerHandshake(socket, { settings });
    this.session.on('error', () => {});
    this.session.on('stream', (stream, _headers, _flags, raw: readonly string[]) => {
      const asked = { stream, headers: raw, body: '' };
      stream.on('error', () => {});
      stream.on('data', (data) => {
        asked.body += data;
      });
      this.streams.push(asked);
    });
  }

  stream(at: number): ServerHttp2Stream {
    const asked = this.streams[at];
    if (asked === undefined) throw new Error(`there are ${this.streams.length} streams`);
    return asked.stream;
  }
}

class PlayedPool {
  readonly attempts: Array<{ callbacks: ConnectCallbacks; ended: boolean }> = [];
  readonly resources = new Resources();
  readonly pool: Http2Pool;

  constructor(options: { maxRequestsPerConnection?: number; maxConcurrentStreams?: number } = {}) {
    this.pool = new Http2Pool({
      dial: (callbacks) => {
        const attempt = { callbacks, ended: false };
        this.attempts.push(attempt);
        return () => {
          attempt.ended = true;
        };
      },
      resources: this.resources,
      idleTimeoutMs: 1000,
      maxRequestsPerConnection: 0,
      maxConcurrentStreams: 0,
      ...options,
    });
  }

  ask(request: OutgoingRequest = get) {
    const heard: string[] = [];
    const stream = this.pool.request(request, listenerTo(heard));
    return { heard, stream };
  }

  async connect(settings: Settings = { maxConcurrentStreams: 100 }): Promise<Server> {
    const [client, end] = duplexPair();
    const server = new Server(end, settings);
    this.attempts.at(-1)?.callbacks.onConnected(client as never);
    await settled();
    return server;
  }
}

function listenerTo(heard: string[]): StreamHandler {
  return {
    onConnected: () => heard.push('connected'),
    onInformational: ({ status }) => heard.push(`informational ${status}`),
    onHead: ({ status, headers, bodyLength }) =>
      heard.push(
        `head ${status} ${headers.raw.filter((one) => !/date|GMT/.test(one)).join(' ')} length ${bodyLength}`,
      ),
    onData: (data) => heard.push(`data ${data}`),
    onEnd: (trailers) => heard.push(`end ${trailers.join(' ')}`),
    onFlush: () => {},
    onUpgrade: ({ status, headers }) => heard.push(`upgrade ${status} ${headers.names.join(' ')}`),
    onFailure: (kind) => heard.push(`failure ${kind}`),
    onDrain: () => {},
  };
}

describe('an answer in HTTP/2', () => {
  it('is heard with what comes before, its body and its trailers', async () => {
    const played = new PlayedPool();
    const { heard } = played.ask();
    const server = await played.connect();
    const stream = server.stream(0);
    stream.additionalHeaders({ ':status': 103, link: 'a' });
    stream.respond({ ':status': 201, 'content-length': '3' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ sum: '1' }));
    stream.end('abc');
    await settled();
    expect(server.streams[0]?.headers.slice(0, 10)).toEqual([
      ':method',
      'GET',
      ':scheme',
      'http',
      ':authority',
      'a.example',
      ':path',
      '/x',
      'user',
      'test',
    ]);
    expect(heard).toEqual([
      'connected',
      'informational 103',
      'head 201 content-length 3 length 3',
      'data abc',
      'end sum 1',
    ]);
  });

  it.each([
    ['a reset', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR), 'reset'],
    [
      'a refusal',
      (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
      'refused-stream',
    ],
    [
      'a protocol error',
      (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_PROTOCOL_ERROR),
      'protocol',
    ],
    ['the end of the connection', (stream: ServerHttp2Stream) => stream.session?.destroy(), 'termination'],
  ])('that is %s fails', async (_, end, expected) => {
    const played = new PlayedPool();
    const { heard } = played.ask();
    const server = await played.connect();
    end(server.stream(0));
    await settled();
    expect(heard).toEqual(['connected', `failure ${expected}`]);
  });

  it('that ends before its length fails, and is not taken for a whole one', async () => {
    const played = new PlayedPool();
    const { heard } = played.ask();
    const stream = (await played.connect()).stream(0);
    stream.respond({ ':status': 200, 'content-length': '9' });
    stream.write('abc');
    await settled();
    stream.close(constants.NGHTTP2_NO_ERROR);
    await settled();
    expect(heard).toEqual([
      'connected',
      'head 200 content-length 9 length 9',
      'data abc',
      'failure protocol',
    ]);
  });

  it('to half a request gives the other half up', async () => {
    const played = new PlayedPool();
    const { heard, stream } = played.ask(post);
    const server = await played.connect();
    stream.write(Buffer.from('abc'));
    await settled();
    expect(server.streams[0]?.body).toBe('abc');
    server.stream(0).respond({ ':status': 413 }, { endStream: true });
    await settled();
    expect(heard).toEqual(['connected', 'head 413  length 0', 'end ']);
    expect(server.stream(0).destroyed).toBe(true);
  });

  it('to another protocol is a change to it', async () => {
    const played = new PlayedPool();
    const { heard } = played.ask({ ...get, upgrade: 'websocket', bodyLength: undefined });
    const server = await played.connect({ enableConnectProtocol: true });
    server.stream(0).respond({ ':status': 200 });
    await settled();
    expect(heard[1]).toMatch(/^upgrade 101 .*upgrade connection$/);
  });

  it('is not heard once the request is given up', async () => {
    const played = new PlayedPool();
    const { heard, stream } = played.ask();
    const server = await played.connect();
    stream.cancel();
    await settled();
    expect(server.stream(0).rstCode).toBe(constants.NGHTTP2_CANCEL);
    expect(heard).toEqual(['connected']);
  });
});

it('a request in HTTP/2 is sent with its body and trailers', async () => {
  const played = new PlayedPool();
  const { stream } = played.ask(post);
  expect(stream.write(Buffer.from('early'))).toBe(false);
  const server = await played.connect();
  let trailers: unknown;
  server.stream(0).on('trailers', (headers) => {
    trailers = headers.sum;
  });
  stream.write(Buffer.from('abc'));
  stream.end(['Sum', '1']);
  await settled();
  expect(server.streams[0]?.body).toBe('abc');
  expect(trailers).toBe('1');
});

describe('the connections in HTTP/2 to a server', () => {
  it('take one request until the server has said how many it takes, then as many as it takes', async () => {
    const played = new PlayedPool();
    const all = [played.ask(), played.ask(), played.ask(), played.ask()];
    expect(played.attempts).toHaveLength(1);
    const server = await played.connect({ maxConcurrentStreams: 3 });
    expect(all.map(({ heard }) => heard)).toEqual([['connected'], ['connected'], ['connected'], []]);
    expect(played.attempts).toHaveLength(2);
    server.stream(0).respond({ ':status': 204 }, { endStream: true });
    await settled();
    expect(all[3]?.heard).toEqual(['connected']);
  });

  it('take no more than the rules allow at once', async () => {
    const played = new PlayedPool({ maxConcurrentStreams: 2 });
    const all = [played.ask(), played.ask(), played.ask()];
    await played.connect();
    expect(all.map(({ heard }) => heard.length)).toEqual([1, 1, 0]);
  });

  it('end after as many requests as the rules allow', async () => {
    const played = new PlayedPool({ maxRequestsPerConnection: 1 });
    const one = played.ask();
    const server = await played.connect();
    const two = played.ask();
    expect(two.heard).toEqual([]);
    expect(played.attempts).toHaveLength(2);
    server.stream(0).respond({ ':status': 204 }, { endStream: true });
    await settled();
    expect(one.heard.at(-1)).toBe('end ');
    expect(server.session.destroyed || server.session.closed).toBe(true);
  });

  it('that cannot be made fail all that wait', () => {
    const played = new PlayedPool();
    const [one, two] = [played.ask(), played.ask()];
    played.attempts[0]?.callbacks.onFailure('timeout');
    expect([one.heard, two.heard]).toEqual([['failure timeout'], ['failure timeout']]);
    expect(played.pool.empty).toBe(true);
    played.resources.limits = { connections: 1 };
    expect(played.resources.hasRoom('connections')).toBe(true);
  });

  it('are made anew for who waits when one ends', async () => {
    const played = new PlayedPool();
    played.ask();
    const server = await played.connect({ maxConcurrentStreams: 1 });
    played.resources.limits = { connections: 1 };
    const two = played.ask();
    expect(played.attempts).toHaveLength(1);
    server.session.destroy();
    await settled();
    expect(played.attempts).toHaveLength(2);
    await played.connect();
    expect(two.heard).toEqual(['connected']);
  });

  it('take no more once the server says that it goes', async () => {
    const played = new PlayedPool();
    const one = played.ask();
    const server = await played.connect();
    server.session.goaway(constants.NGHTTP2_NO_ERROR);
    await settled();
    const two = played.ask();
    expect(two.heard).toEqual([]);
    expect(played.attempts).toHaveLength(2);
    server.stream(0).respond({ ':status': 204 }, { endStream: true });
    await settled();
    expect(one.heard.at(-1)).toBe('end ');
  });

  it('are waited for by as many requests as the limit leaves', () => {
    const played = new PlayedPool();
    played.resources.limits = { pendingRequests: 1 };
    const [one, two] = [played.ask(), played.ask()];
    expect([one.heard, two.heard]).toEqual([[], ['failure overflow']]);
    one.stream.cancel();
    expect(played.ask().heard).toEqual([]);
  });

  it('are closed when they have been idle for too long', async () => {
    const played = new PlayedPool();
    played.ask();
    const server = await played.connect();
    played.pool.sweep(Date.now() + 2000);
    await settled();
    expect(played.pool.empty).toBe(false);
    server.stream(0).respond({ ':status': 204 }, { endStream: true });
    await settled();
    played.pool.sweep(Date.now());
    await settled();
    expect(played.pool.empty).toBe(false);
    played.pool.sweep(Date.now() + 2000);
    await settled();
    expect(played.pool.empty).toBe(true);
    played.resources.limits = { connections: 1 };
    expect(played.resources.hasRoom('connections')).toBe(true);
  });

  it('of a pool that is no longer wanted end with what is under way on them', async () => {
    const played = new PlayedPool();
    const { heard } = played.ask();
    const server = await played.connect();
    played.pool.retire();
    await settled();
    expect(played.pool.empty).toBe(false);
    server.stream(0).respond({ ':status': 204 }, { endStream: true });
    await settled();
    expect(heard.at(-1)).toBe('end ');
    expect(played.pool.empty).toBe(true);
  });

  it('all end with the pool, and none is made after', async () => {
    const played = new PlayedPool();
    const one = played.ask();
    await played.connect({ maxConcurrentStreams: 1 });
    played.ask();
    expect(played.attempts).toHaveLength(2);
    played.pool.close();
    await settled();
    expect(played.attempts.map(({ ended }) => ended)).toEqual([false, true]);
    expect(one.heard.at(-1)).toBe('failure termination');
  });
});
