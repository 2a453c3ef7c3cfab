import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Decision, RouteRequest } from '@grayscale/traffic-rules';
import { routingOf } from '../../../test/routing.js';
import type { AccessRecord } from '../access-record.js';
import { defaultLimits, type ProxyLimits } from '../limits.js';
import type { Runtime } from '../runtime.js';
import { Dialler } from '../upstream/dialler.js';
import { Upstreams } from '../upstream/upstreams.js';
import { Http1ClientConnection, type Http1Options } from './http1-client-connection.js';

/** Answers each request by itself, with what it was taken for. */
function echo({ method, authority, path, port }: RouteRequest): Decision {
  return {
    kind: 'direct-response',
    status: 200,
    body: Buffer.from(`${method} ${authority} ${port} ${path}`),
    responseHeaders: [],
    because: { reason: 'rule' },
    rules: '',
  };
}

class PlayedConnection {
  readonly records: AccessRecord[] = [];
  readonly runtime: Runtime;
  readonly connection: Http1ClientConnection;
  readonly client: Duplex;
  readonly socket: Duplex;
  answered = '';

  constructor(limits: Partial<ProxyLimits> = {}, options: Http1Options = {}) {
    const dialler = new Dialler({
      dial: (address) => address,
      lookup: () => {},
      isOwn: () => false,
      trusted: () => [],
    });
    this.runtime = {
      options: {
        ...routingOf(echo),
        onComplete: (record) => this.records.push(record),
      },
      limits: { ...defaultLimits, maxHeaderBytes: 200, maxHeaderCount: 3, ...limits },
      serverName: 'envoy',
      random: () => 0,
      upstreams: new Upstreams(dialler),
      lookup: async () => true,
      stats: { connections: 1, activeRequests: 0, requests: 0 },
      draining: false,
    };
    [this.socket, this.client] = duplexPair();
    this.client.on('data', (data: Buffer) => {
      this.answered += data.toString('latin1');
    });
    const info = { address: '10.0.0.1:1', localAddress: '10.0.0.2', dialled: () => undefined };
    this.connection = new Http1ClientConnection(this.runtime, this.socket as never, info, options);
  }

  /** Sends a text in parts. */
  async sends(...parts: string[]): Promise<this> {
    for (const part of parts) {
      if (part !== '' && !this.client.destroyed) this.client.write(part, 'latin1');
      for (let at = 0; at < 4; at++) await turn();
    }
    return this;
  }

  /** Each request as it was logged and answered, and `closed` where the connection has ended. */
  get told(): string[] {
    const bodies = this.answered
      .split(/(?=HTTP\/1\.1 )/)
      .map((one) => one.slice(one.indexOf('\r\n\r\n') + 4));
    const lines = this.records.map(
      ({ status, details, path, flags }, index) =>
        `${status} ${details} ${path}${flags.map((flag) => ` ${flag}`).join('')}: ${bodies[index]}`,
    );
    return this.client.readableEnded ? [...lines, 'closed'] : lines;
  }
}

const head = (line: string, ...headers: string[]) => `${[line, ...headers].join('\r\n')}\r\n\r\n`;
const get = head('GET /a HTTP/1.1', 'Host: h');
const answered = '200 direct_response /a: GET h 80 /a';
const malformed = ['400 http1.codec_error  DPE: Bad Request', 'closed'];

const rows: Array<[sent: string, ...told: string[]]> = [
  [get, answered],
  [get + get, answered, answered],
  [`\r\n\r\n${get}`, answered],
  [`${head('GET /a HTTP/1.1', 'Host: h', 'Connection: close')}${get}`, answered, 'closed'],
  [`${head('GET /a HTTP/1.0', 'Host: h')}${get}`, answered, 'closed'],
  [
    `${head('POST /a HTTP/1.1', 'Host: h', 'Content-Length: 3')}abc${get}`,
    '200 direct_response /a: POST h 80 /a',
    'closed',
  ],
  [
    `${head('POST /a HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked')}3\r\nabc\r\n0\r\n\r\n${get}`,
    '200 direct_response /a: POST h 80 /a',
    'closed',
  ],
  [head('OPTIONS * HTTP/1.1', 'Host: h'), '200 direct_response *: OPTIONS h 80 *'],
  [
    head('GET http://u@x.example:81/b?c HTTP/1.1', 'Host: h'),
    '200 direct_response /b?c: GET x.example:81 81 /b?c',
  ],
  [head('GET https://x HTTP/1.1', 'Host: h'), '200 direct_response /: GET x 443 /'],
  [head('GET /a HTTP/1.1', 'Host: [::1]:81'), '200 direct_response /a: GET [::1]:81 81 /a'],
  [head('GET /a HTTP/1.1', 'Host: h', 'Host: i'), '200 direct_response /a: GET h,i 80 /a'],
  [head('GET http://x.example#f HTTP/1.1', 'Host: h'), '400 http1.invalid_url  DPE: Bad Request', 'closed'],
  [head('GET /a HTTP/1.1'), '400 missing_host_header  DPE: ', 'closed'],
  [head('GET /a HTTP/1.1', 'Host: h:99999'), '400 http1.invalid_port  DPE: Bad Request', 'closed'],
  [head('GET /a HTTP/1.1', 'Host: h:0'), '400 http1.invalid_port  DPE: Bad Request', 'closed'],
  [head('GET /a HTTP/1.1', 'Host: a b'), ...malformed],
  [head('GET /a HTTP/1.1', 'Host: h', 'a b: c'), ...malformed],
  [head('get /a HTTP/1.1', 'Host: h'), ...malformed],
  ['GET /a HTTP/1.1\nHost: h\n\n', ...malformed],
  ['\x16\x03\x01', ...malformed],
  [head('QUERY /a HTTP/1.1', 'Host: h'), '400 invalid_method  DPE: ', 'closed'],
  [head('GET /a HTTP/2.0', 'Host: h'), '426 low_version  DPE: Upgrade Required', 'closed'],
  [head('GET /a', 'Host: h'), '426 low_version  DPE: Upgrade Required', 'closed'],
  [
    head('GET /a HTTP/1.1', 'Host: h', 'a: 1', 'b: 2', 'c: 3'),
    '431 http1.too_many_headers  DPE: Request Header Fields Too Large',
    'closed',
  ],
  [
    head('GET /a HTTP/1.1', 'Host: h', `a: ${'x'.repeat(200)}`),
    '431 http1.headers_too_large  DPE: Request Header Fields Too Large',
    'closed',
  ],
  [
    head('GET /a HTTP/1.1', 'Host: h', 'Content-Length: 1', 'Content-Length: 1'),
    '400 http1.content_length_and_chunked_not_allowed  DPE: Bad Request',
    'closed',
  ],
  [
    head('GET /a HTTP/1.1', 'Host: h', 'Content-Length: x'),
    '400 http1.invalid_content_length  DPE: Bad Request',
    'closed',
  ],
  [
    head('GET /a HTTP/1.1', 'Host: h', 'Transfer-Encoding: gzip'),
    '501 http1.unsupported_transfer_encoding  DPE: Not Implemented',
    'closed',
  ],
  [head('CONNECT h:1 HTTP/1.1', 'Host: h'), '404 route_not_found  DPE: ', 'closed'],
];

it.each(rows)('%j is answered alike, whatever pieces it comes in', async (sent, ...told) => {
  for (let cut = 0; cut < sent.length; cut++) {
    const played = new PlayedConnection();
    played.connection.start(Buffer.from(sent.slice(0, cut), 'latin1'));
    await played.sends(sent.slice(cut));
    expect([cut, ...played.told]).toEqual([cut, ...told]);
  }
});

it('an answer and a refusal, to the byte', async () => {
  const played = new PlayedConnection();
  played.connection.start(Buffer.alloc(0));
  await played.sends(get, 'x y z\r\n\r\n');
  expect(played.answered.replaceAll(/date: [^\r]*/g, 'date: now')).toBe(
    [
      'HTTP/1.1 200 OK\r\ncontent-length: 11\r\ncontent-type: text/plain\r\ndate: now\r\nserver: envoy\r\n\r\nGET h 80 /a',
      'HTTP/1.1 400 Bad Request\r\ncontent-length: 11\r\ncontent-type: text/plain\r\ndate: now\r\nserver: envoy\r\nconnection: close\r\n\r\nBad Request',
    ].join(''),
  );
  expect(played.runtime.stats).toMatchObject({ requests: 2, activeRequests: 0 });
});

it('a body that is malformed is answered where no answer has begun', async () => {
  const played = new PlayedConnection();
  played.connection.start(Buffer.alloc(0));
  await played.sends(`${head('POST /a HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked')}zz\r\n`);
  expect(played.told).toEqual(['400 http1.codec_error /a DPE: Bad Request', 'closed']);
});

it('HTTP/1.0 is refused where a gateway is asked', async () => {
  const played = new PlayedConnection({}, { refusesHttp10: true });
  played.connection.start(Buffer.alloc(0));
  await played.sends(head('GET /a HTTP/1.0', 'Host: h'));
  expect(played.told).toEqual(['426 low_version  DPE: Upgrade Required', 'closed']);
  expect(played.records[0]?.protocol).toBe('HTTP/1.0');
});

it.each(['h.example:81', '[::1]:81'])(
  'CONNECT %s hands the connection over, with what was sent behind it',
  async (target) => {
    const taken: unknown[] = [];
    const played = new PlayedConnection({}, { onConnect: (to, rest) => taken.push(to, String(rest)) });
    played.connection.start(Buffer.alloc(0));
    await played.sends(`${head(`CONNECT ${target} HTTP/1.1`, 'Host: h')}rest`, 'more');
    expect(taken).toEqual([{ host: target.replace(/^\[(.*)\]:81$|:81$/, '$1'), port: 81 }, 'rest']);
    expect([played.connection.idle, played.socket.isPaused(), played.told]).toEqual([false, true, []]);
  },
);

it.each(['h', 'h:0', 'h:x', '[::1', 'a@b:80', 'h:123456', 'h:65536'])(
  'CONNECT %s is refused',
  async (target) => {
    const played = new PlayedConnection({}, { onConnect: () => {} });
    played.connection.start(Buffer.alloc(0));
    await played.sends(head(`CONNECT ${target} HTTP/1.1`, 'Host: h'));
    expect(played.told).toEqual([
      expect.stringMatching(/^400 http1\.invalid_(?:url|port) {2}DPE: Bad Request$/),
      'closed',
    ]);
  },
);

describe('the time limits of a connection', () => {
  const later = (ms: number) => performance.now() + ms;

  it('end it when it has been idle', async () => {
    const played = new PlayedConnection({ idleTimeoutMs: 1000, requestHeadersTimeoutMs: 10 });
    played.connection.start(Buffer.alloc(0));
    await played.sends(get);
    expect(played.connection.idle).toBe(true);
    played.connection.enforceLimits(later(500));
    expect(played.socket.destroyed).toBe(false);
    played.connection.enforceLimits(later(1001));
    expect([played.socket.destroyed, played.records.length]).toEqual([true, 1]);
  });

  it('answer a head that takes too long', async () => {
    const played = new PlayedConnection({ idleTimeoutMs: 10, requestHeadersTimeoutMs: 1000 });
    played.connection.start(Buffer.alloc(0));
    await played.sends('GET /a');
    expect(played.connection.idle).toBe(false);
    played.connection.enforceLimits(later(500));
    expect(played.answered).toBe('');
    played.connection.enforceLimits(later(1001));
    await played.sends('');
    expect(played.told).toEqual(['408 request_header_timeout  DPE: request header timeout', 'closed']);
  });

  it('are off where they are 0', async () => {
    const played = new PlayedConnection({ idleTimeoutMs: 0, requestHeadersTimeoutMs: 0 });
    played.connection.start(Buffer.alloc(0));
    played.connection.enforceLimits(later(1e9));
    await played.sends('GET /a');
    played.connection.enforceLimits(later(1e9));
    await played.sends('');
    expect([played.socket.destroyed, played.told]).toEqual([false, []]);
  });
});
