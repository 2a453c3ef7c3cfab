import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { OutgoingRequest } from '../message/request.js';
import type { ConnectCallbacks } from './dialler.js';
import { Http1Pool } from './http1-pool.js';
import { Resources } from './resources.js';
import type { StreamHandler, UpstreamStream } from './stream.js';

const get: OutgoingRequest = {
  method: 'GET',
  scheme: 'http',
  authority: 'a.example',
  path: '/x',
  headers: [],
  bodyLength: 0,
  untouched: false,
};
const post: OutgoingRequest = { ...get, method: 'POST', bodyLength: undefined };
const head: OutgoingRequest = { ...get, method: 'HEAD' };

/** A try to connect, and the server's end once it has come about. */
interface Attempt {
  /** @returns the server's end, and what it has got */
  succeed(): { server: Duplex; received: () => string };
  callbacks: ConnectCallbacks;
  ended: boolean;
}

/** A pool whose connections are streams in memory, opened when the test says so. */
class PlayedPool {
  readonly attempts: Attempt[] = [];
  readonly resources = new Resources();
  readonly pool: Http1Pool;

  constructor(options: { maxRequestsPerConnection?: number; idleTimeoutMs?: number } = {}) {
    this.pool = new Http1Pool({
      dial: (callbacks) => this.#dial(callbacks),
      resources: this.resources,
      idleTimeoutMs: 1000,
      maxRequestsPerConnection: 0,
      maxConcurrentStreams: 100,
      ...options,
    });
  }

  #dial(callbacks: ConnectCallbacks): () => void {
    const attempt: Attempt = {
      callbacks,
      ended: false,
      succeed: () => {
        const [client, server] = duplexPair();
        let received = '';
        server.on('data', (data: Buffer) => {
          received += data.toString('latin1');
        });
        server.on('error', () => {});
        callbacks.onConnected(client as never);
        return { server, received: () => received };
      },
    };
    this.attempts.push(attempt);
    return () => {
      attempt.ended = true;
    };
  }

  ask(request: OutgoingRequest = get): { heard: string[]; stream: UpstreamStream } {
    const heard: string[] = [];
    const stream = this.pool.request(request, listenerTo(heard));
    return { heard, stream };
  }

  connect(at = this.attempts.length - 1) {
    const attempt = this.attempts[at];
    if (attempt === undefined) throw new Error('nobody has asked for a connection');
    return attempt.succeed();
  }
}

/** Notes what it hears; parts of a body that follow each other are one. */
function listenerTo(heard: string[]): StreamHandler {
  return {
    onConnected: () => heard.push('connected'),
    onInformational: ({ status }) => heard.push(`informational ${status}`),
    onHead: ({ status, headers, bodyLength }) =>
      heard.push(`head ${status} ${headers.raw.join(' ')} length ${bodyLength}`),
    onData: (data) => {
      const last = heard.at(-1);
      if (last?.startsWith('data ') === true) heard[heard.length - 1] = `${last}${data}`;
      else heard.push(`data ${data}`);
    },
    onEnd: (trailers) => heard.push(`end ${trailers.join(' ')}`),
    onFlush: () => {},
    onUpgrade: ({ status }, _, rest) => heard.push(`upgrade ${status} ${rest}`),
    onFailure: (kind) => heard.push(`failure ${kind}`),
    onDrain: () => heard.push('drain'),
  };
}

/** What a server answers, and what is heard of it; `idle`: the connection may take another request. */
const answers: Array<
  [name: string, request: OutgoingRequest, answer: string, heard: string[], idle: boolean]
> = [
  [
    'a length',
    get,
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
    ['head 200 content-length 5 length 5', 'data hello', 'end '],
    true,
  ],
  [
    'no body',
    get,
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    ['head 200 Content-Length 0 length 0', 'end '],
    true,
  ],
  [
    'chunks and trailers',
    get,
    'HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nsum: 1\r\n\r\n',
    ['head 201 transfer-encoding chunked length undefined', 'data abc0123456789', 'end sum 1'],
    true,
  ],
  ['204', get, 'HTTP/1.1 204 No Content\r\n\r\n', ['head 204  length undefined', 'end '], true],
  [
    '304 with a length',
    get,
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n',
    ['head 304 content-length 9 length 9', 'end '],
    true,
  ],
  [
    'HEAD',
    head,
    'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n',
    ['head 200 content-length 9 length 9', 'end '],
    true,
  ],
  [
    'informational ones first',
    get,
    'HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx',
    ['informational 103', 'head 200 content-length 1 length 1', 'data x', 'end '],
    true,
  ],
  [
    'close',
    get,
    'HTTP/1.1 200 OK\r\nconnection: Close\r\ncontent-length: 1\r\n\r\nx',
    ['head 200 connection Close content-length 1 length 1', 'data x', 'end '],
    false,
  ],
  [
    'HTTP/1.0',
    get,
    'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx',
    ['head 200 content-length 1 length 1', 'data x', 'end '],
    false,
  ],
  [
    'HTTP/1.0 that stays',
    get,
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx',
    ['head 200 connection keep-alive content-length 1 length 1', 'data x', 'end '],
    true,
  ],
  [
    'more than it was asked for',
    get,
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxy',
    ['head 200 content-length 1 length 1', 'data x', 'end '],
    false,
  ],
  ['a greeting of another protocol', get, 'SSH-2.0-OpenSSH', ['failure protocol'], false],
  ['a bad length', get, 'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n', ['failure protocol'], false],
  [
    'a bad chunk',
    get,
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    ['head 200 transfer-encoding chunked length undefined', 'failure protocol'],
    false,
  ],
  [
    'a change of protocol',
    get,
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\nrest',
    ['upgrade 101 rest'],
    false,
  ],
];

/** Plays an answer in two parts. */
async function play(request: OutgoingRequest, answer: string, cut: number) {
  const played = new PlayedPool();
  const { heard, stream } = played.ask(request);
  const { server } = played.connect();
  stream.end([]);
  for (const part of [answer.slice(0, cut), answer.slice(cut)]) {
    if (part !== '' && !server.destroyed) server.write(part, 'latin1');
    await turn();
    await turn();
  }
  const second = played.ask(get);
  return { heard, isIdle: second.heard.includes('connected'), attempts: played.attempts.length };
}

describe('an answer in HTTP/1.1', () => {
  it.each(answers)('%s, whatever pieces it comes in', async (name, request, answer, expected, isIdle) => {
    for (let cut = 1; cut <= answer.length; cut++) {
      // What came along with a change of protocol is the other reader's from there on.
      if (name === 'a change of protocol' && cut !== answer.length) continue;
      const { heard, ...result } = await play(request, answer, cut);
      expect([cut, ...heard]).toEqual([cut, 'connected', ...expected]);
      expect([cut, result]).toEqual([cut, { isIdle, attempts: isIdle ? 1 : 2 }]);
    }
  });

  it.each([
    ['HTTP/1.1 200 OK\r\n\r\nabc', ['head 200  length undefined', 'data abc', 'end ']],
    [
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc',
      ['head 200 content-length 5 length 5', 'data abc', 'failure termination'],
    ],
    ['HTTP/1.1 200 OK\r\ncontent-le', ['failure protocol']],
    ['', ['failure termination']],
  ])('that ends with its connection: %j', async (answer, expected) => {
    for (const end of ['end', 'destroy'] as const) {
      const played = new PlayedPool();
      const { heard, stream } = played.ask();
      const { server } = played.connect();
      stream.end([]);
      if (answer !== '') server.write(answer);
      await turn();
      await turn();
      server[end]();
      await turn();
      await turn();
      // A connection that breaks says less than one that ends.
      if (end === 'end') expect(heard).toEqual(['connected', ...expected]);
      expect(played.pool.empty).toBe(true);
    }
  });

  it('to half a request ends the connection, whose other half is given up', async () => {
    const played = new PlayedPool();
    const { heard } = played.ask(post);
    const { server } = played.connect();
    server.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx');
    await turn();
    await turn();
    expect(heard).toEqual(['connected', 'head 200 content-length 1 length 1', 'data x', 'end ']);
    expect(played.pool.empty).toBe(true);
  });

  it('that nobody asked for ends the connection', async () => {
    const played = new PlayedPool();
    const { stream } = played.ask();
    const { server } = played.connect();
    stream.end([]);
    server.write('HTTP/1.1 204 No Content\r\n\r\n');
    await turn();
    await turn();
    expect(played.pool.empty).toBe(false);
    server.write('HTTP/1.1 200 OK\r\n\r\n');
    await turn();
    await turn();
    expect(played.pool.empty).toBe(true);
  });
});

describe('a request in HTTP/1.1', () => {
  it('is sent with its body in chunks, and trailers', async () => {
    const played = new PlayedPool();
    const { stream } = played.ask({ ...post, headers: ['User', 'test'] });
    expect(stream.write(Buffer.from('early'))).toBe(false);
    const { received } = played.connect();
    expect(stream.write(Buffer.from('abc'))).toBe(true);
    stream.end(['sum', '1']);
    await turn();
    expect(received()).toBe(
      'POST /x HTTP/1.1\r\nhost: a.example\r\nUser: test\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nsum: 1\r\n\r\n',
    );
  });

  it('with a length is sent as it is', async () => {
    const played = new PlayedPool();
    const { stream } = played.ask({ ...post, bodyLength: 3, headers: ['content-length', '3'] });
    const { received } = played.connect();
    stream.write(Buffer.from('abc'));
    stream.end([]);
    await turn();
    expect(received()).toBe('POST /x HTTP/1.1\r\nhost: a.example\r\ncontent-length: 3\r\n\r\nabc');
  });

  it('is sent by flush alone, where nothing else is said', async () => {
    const played = new PlayedPool();
    const { stream } = played.ask();
    const { received } = played.connect();
    await turn();
    expect(received()).toBe('');
    stream.flush();
    await turn();
    expect(received()).toBe('GET /x HTTP/1.1\r\nhost: a.example\r\n\r\n');
  });

  it('holds the answer back while it is paused', async () => {
    const played = new PlayedPool();
    const { heard, stream } = played.ask();
    const { server } = played.connect();
    stream.end([]);
    stream.pause();
    server.write('HTTP/1.1 204 No Content\r\n\r\n');
    await turn();
    await turn();
    expect(heard).toEqual(['connected']);
    stream.resume();
    await turn();
    await turn();
    expect(heard).toEqual(['connected', 'head 204  length undefined', 'end ']);
  });

  it('hears when the server takes more', async () => {
    const played = new PlayedPool();
    const { heard, stream } = played.ask({
      ...post,
      bodyLength: 1 << 20,
      headers: ['content-length', `${1 << 20}`],
    });
    played.connect();
    expect(stream.write(Buffer.alloc(1 << 20))).toBe(false);
    for (let at = 0; at < 50 && heard.length < 2; at++) await turn();
    expect(heard).toEqual(['connected', 'drain']);
  });
});

/** Plays an answer without a body to whatever is on the connection. */
async function answer(server: Duplex, headers = ''): Promise<void> {
  server.write(`HTTP/1.1 204 No Content\r\n${headers}\r\n`);
  await turn();
  await turn();
}

describe('the connections to a server', () => {
  it('are used again, the last one first', async () => {
    const played = new PlayedPool();
    const [one, two] = [played.ask(), played.ask()];
    const [first, second] = [played.connect(0), played.connect(1)];
    one.stream.end([]);
    two.stream.end([]);
    await answer(second.server);
    await answer(first.server);
    played.ask().stream.flush();
    await turn();
    expect(played.attempts).toHaveLength(2);
    expect(first.received().match(/GET/g)).toHaveLength(2);
    expect(second.received().match(/GET/g)).toHaveLength(1);
  });

  it('go to who has waited longest, whoever they were opened for', async () => {
    const played = new PlayedPool();
    const [one, two] = [played.ask(), played.ask()];
    played.connect(1);
    expect([one.heard, two.heard]).toEqual([['connected'], []]);
    played.connect(0);
    expect(two.heard).toEqual(['connected']);
  });

  it('that a request has done with are the next one’s', async () => {
    const played = new PlayedPool();
    const one = played.ask();
    const { server } = played.connect();
    const two = played.ask();
    one.stream.end([]);
    await answer(server);
    expect(two.heard).toEqual(['connected']);
    // The one that was on its way is kept for others.
    played.connect(1);
    expect(played.ask().heard).toEqual(['connected']);
  });

  it('end after as many requests as the rules allow', async () => {
    const played = new PlayedPool({ maxRequestsPerConnection: 2 });
    const one = played.ask();
    const { server } = played.connect();
    one.stream.end([]);
    await answer(server);
    const two = played.ask();
    two.stream.end([]);
    await answer(server);
    expect(two.heard).toEqual(['connected', 'head 204  length undefined', 'end ']);
    expect(played.pool.empty).toBe(true);
    played.ask();
    expect(played.attempts).toHaveLength(2);
  });

  it('are not waited for longer than their request', () => {
    const played = new PlayedPool();
    const [one, two] = [played.ask(), played.ask()];
    one.stream.cancel();
    expect(played.attempts.map(({ ended }) => ended)).toEqual([true, false]);
    one.stream.cancel();
    two.stream.cancel();
    expect(played.attempts.map(({ ended }) => ended)).toEqual([true, true]);
    expect(played.pool.empty).toBe(true);
    // What comes too late leads nowhere.
    played.attempts[0]?.callbacks.onFailure('refused');
    expect([one.heard, two.heard]).toEqual([[], []]);
  });

  it('that fail fail the request that has waited longest; the next one has another tried', () => {
    const played = new PlayedPool();
    played.resources.limits = { connections: 1 };
    const [one, two] = [played.ask(), played.ask()];
    expect(played.attempts).toHaveLength(1);
    played.attempts[0]?.callbacks.onFailure('timeout');
    expect([one.heard, two.heard]).toEqual([['failure timeout'], []]);
    expect(played.attempts).toHaveLength(2);
    played.attempts[1]?.callbacks.onFailure('refused');
    expect(two.heard).toEqual(['failure refused']);
    expect(played.attempts).toHaveLength(2);
  });

  it('that end are opened anew for who waits', async () => {
    const played = new PlayedPool();
    played.resources.limits = { connections: 1 };
    const one = played.ask();
    const { server } = played.connect();
    const two = played.ask();
    expect(played.attempts).toHaveLength(1);
    server.destroy();
    await turn();
    await turn();
    expect(one.heard).toEqual(['connected', 'failure termination']);
    expect(played.attempts).toHaveLength(2);
    played.connect(1);
    expect(two.heard).toEqual(['connected']);
  });

  it('are as many as the limit of the cluster leaves, but one in any case', () => {
    const played = new PlayedPool();
    played.resources.limits = { connections: 1 };
    played.resources.take('connections');
    played.ask();
    played.ask();
    expect(played.attempts).toHaveLength(1);
  });

  it('are waited for by as many requests as the limit leaves', () => {
    const played = new PlayedPool();
    played.resources.limits = { pendingRequests: 1 };
    const [one, two] = [played.ask(), played.ask()];
    expect([one.heard, two.heard]).toEqual([[], ['failure overflow']]);
    played.connect(0);
    expect(played.ask().heard).toEqual([]);
  });

  it('give back what they took of the limits', async () => {
    const played = new PlayedPool();
    played.resources.limits = { connections: 1 };
    const one = played.ask();
    const { server } = played.connect();
    one.stream.cancel();
    expect(played.resources.hasRoom('connections')).toBe(true);
    server.destroy();
    await turn();
    expect(played.resources.hasRoom('connections')).toBe(true);
    played.resources.take('connections');
    expect(played.resources.hasRoom('connections')).toBe(false);
  });

  it('are closed when they have been idle for too long, or the server said it will close them', async () => {
    const played = new PlayedPool({ idleTimeoutMs: 1000 });
    const one = played.ask();
    const { server } = played.connect();
    one.stream.end([]);
    await answer(server);
    const now = Date.now();
    played.pool.sweep(now);
    expect(played.pool.empty).toBe(false);
    played.pool.sweep(now + 2000);
    expect(played.pool.empty).toBe(true);
  });

  it.each([
    ['keep-alive: timeout=100\r\n', false, false],
    ['keep-alive: timeout=5\r\n', true, false],
    ['Keep-Alive: max=3, Timeout=1\r\n', true, true],
    ['keep-alive: max=3\r\n', false, false],
  ])('with %j are used no later than a second before', async (header, isSwept, isOver) => {
    const played = new PlayedPool({ idleTimeoutMs: 1_000_000 });
    const one = played.ask();
    const { server } = played.connect();
    one.stream.end([]);
    await answer(server, header);
    if (isOver) {
      played.ask();
      expect(played.attempts).toHaveLength(2);
      return;
    }
    played.pool.sweep(Date.now() + 3500);
    expect(played.pool.empty).toBe(false);
    played.pool.sweep(Date.now() + 4500);
    expect(played.pool.empty).toBe(isSwept);
  });

  it('of a pool that is no longer wanted end with what is under way on them', async () => {
    const played = new PlayedPool();
    const [one, two] = [played.ask(), played.ask()];
    const [first, second] = [played.connect(0), played.connect(1)];
    one.stream.end([]);
    two.stream.end([]);
    await answer(second.server);
    played.pool.retire();
    await turn();
    expect(second.server.destroyed || second.server.readableEnded || second.server.closed).toBe(true);
    expect(played.pool.empty).toBe(false);
    await answer(first.server);
    expect(one.heard).toEqual(['connected', 'head 204  length undefined', 'end ']);
    expect(played.pool.empty).toBe(true);
  });

  it('all end with the pool', () => {
    const played = new PlayedPool();
    const one = played.ask();
    played.connect(0);
    played.ask();
    played.pool.close();
    expect(played.attempts.map(({ ended }) => ended)).toEqual([false, true]);
    expect(one.heard).toEqual(['connected']);
    expect(played.resources.hasRoom('connections')).toBe(true);
  });
});
