import type { ClientHttp2Session, ClientHttp2Stream, ServerHttp2Stream } from 'node:http2';
import {
  flags,
  frame,
  frameType,
  headerBlock,
  headersFrame,
  numberFrame,
  preface,
  settingsFrame,
} from '../http2-frames.js';

/** One request of a client, and what the server does. */
export type Http2Exchange = Ask | Send;

interface Played {
  name: string;
  /** What a server in HTTP/2 does with a request. Default: 200 with two bytes. */
  serve?: (stream: ServerHttp2Stream, request: { number: number; isComplete: boolean }) => void;
  /** Instead, what a server in HTTP/1.1 answers to its first, second, ... request; the last one goes on. */
  answers?: readonly string[];
}

/** A client in HTTP/2. */
interface Ask extends Played {
  ask: (session: ClientHttp2Session) => ClientHttp2Stream;
  sent?: never;
  next?: never;
}

/** A client in HTTP/1.1, or one that sends frames of its own. */
interface Send extends Played {
  sent: string | Buffer;
  /** Sent one after the other, each when nothing more came for what was sent before. */
  next?: readonly (string | Buffer)[];
  ask?: never;
}

const post = [':method', 'POST', ':scheme', 'http', ':authority', 'back.ext', ':path', '/'];
const get = [':method', 'GET', ':scheme', 'http', ':authority', 'back.ext', ':path', '/'];
const grpc = [...post, 'content-type', 'application/grpc', 'te', 'trailers'];
const oldOk = ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'];
const ok = { ':status': 200 };

/** A request without a body. */
function asking(fields: readonly string[]): Ask['ask'] {
  return (session) => session.request(fields, { endStream: true });
}

/** A request with a body in pieces, and trailers where there are some. */
function sending(
  fields: readonly string[],
  body: readonly string[],
  trailers?: Record<string, string>,
): Ask['ask'] {
  return (session) => {
    const stream = session.request(fields, { endStream: false, waitForTrailers: trailers !== undefined });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
    for (const piece of body) stream.write(piece);
    stream.end();
    return stream;
  };
}

/** `GET /` with some of its fields replaced, and others behind. */
function getWith(
  changes: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
): string[] {
  const fields: string[] = [];
  for (let i = 0; i < get.length; i += 2) {
    const name = get[i] as string;
    const value = name in changes ? changes[name] : (get[i + 1] as string);
    if (value !== undefined) fields.push(name, value);
  }
  return [...fields, ...more];
}

/** An answer whose end is the exchange's own. */
function answering(then: (stream: ServerHttp2Stream) => void, head: Record<string, string | number> = ok) {
  return (stream: ServerHttp2Stream): void => {
    stream.respond(head, { waitForTrailers: true });
    then(stream);
  };
}

function trailing(trailers: Record<string, string>, body = 'ok', head: Record<string, string | number> = ok) {
  return answering((stream) => {
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(body);
  }, head);
}

const requests: readonly Http2Exchange[] = [
  { name: 'GET', ask: asking(get) },
  { name: 'GET to HTTP/1.1', ask: asking(get), answers: oldOk },
  { name: 'GET from HTTP/1.1', sent: 'GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n' },
  { name: 'a body in pieces', ask: sending(post, ['a', 'b', 'c']) },
  { name: 'a body in pieces to HTTP/1.1', ask: sending(post, ['abc']), answers: oldOk },
  { name: 'a body with a length', ask: sending([...post, 'content-length', '3'], ['abc']) },
  { name: 'an empty body', ask: sending(post, []) },
  { name: 'an empty body with a length of 0', ask: sending([...post, 'content-length', '0'], []) },
  { name: 'trailers of a request', ask: sending(post, ['abc'], { 'x-sum': '1' }) },
  { name: 'trailers of a request without a body', ask: sending(post, [], { 'x-sum': '1' }) },
  {
    name: 'forbidden trailers of a request',
    ask: sending(post, ['abc'], { host: 'other', 'content-length': '9', 'x-sum': '1' }),
  },
  {
    name: 'trailers of a request to HTTP/1.1',
    ask: sending(post, ['abc'], { 'x-sum': '1' }),
    answers: oldOk,
  },
  {
    name: 'a body from HTTP/1.1 in chunks, with a trailer',
    sent: 'POST / HTTP/1.1\r\nHost: back.ext\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n',
  },
  ...[
    ['cookie', 'a=1', 'cookie', 'b=2'],
    ['cookie', 'a=1', 'x-a', '1', 'cookie', 'b=2'],
    ['te', 'trailers'],
    ['accept', 'a', 'accept', 'b'],
    ['x-user', 'a', 'x-user', 'b'],
    ['x-user', ''],
    ['user-agent', 'me'],
    ['x-request-id', 'mine'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-proto', 'ftp'],
    ['x-forwarded-for', '1.2.3.4'],
    ['x-envoy-max-retries', '9', 'x-envoy-upstream-rq-timeout-ms', '9'],
    ['expect', '100-continue'],
    ['priority', 'u=1, i'],
    ['host', 'back.ext'],
    ['host', 'other.ext'],
    ['x_under', '1'],
    ['range', 'bytes=0-1'],
    ['early-data', '1'],
  ].map((more) => ({ name: `GET with ${more.join(' ')}`, ask: asking([...get, ...more]) })),
  {
    name: 'cookies in pieces to HTTP/1.1',
    ask: asking([...get, 'cookie', 'a=1', 'cookie', 'b=2']),
    answers: oldOk,
  },
  { name: 'te to HTTP/1.1', ask: asking([...get, 'te', 'trailers']), answers: oldOk },
  ...['HEAD', 'OPTIONS', 'TRACE', 'PURGE', 'FOO', 'get', 'M-SEARCH', 'DELETE'].map((method) => ({
    name: `method ${method}`,
    ask: asking(getWith({ ':method': method })),
  })),
  ...['/a//b', '/%2e%2e/x', '/a/../b', '/a?b=c?d', '/a\\b', '/%zz', '*', '/;a=b', '/a%2Fb'].map((path) => ({
    name: `path ${path}`,
    ask: asking(getWith({ ':path': path })),
  })),
  { name: 'OPTIONS *', ask: asking(getWith({ ':method': 'OPTIONS', ':path': '*' })) },
  ...['https', 'ftp', 'HTTP'].map((scheme) => ({
    name: `scheme ${scheme}`,
    ask: asking(getWith({ ':scheme': scheme })),
  })),
  ...['back.ext:80', 'back.ext:8080', 'BACK.ext'].map((authority) => ({
    name: `authority ${authority}`,
    ask: asking(getWith({ ':authority': authority })),
  })),
];

const answers: readonly Http2Exchange[] = [
  { name: 'trailers of an answer', ask: asking(get), serve: trailing({ 'x-sum': '2' }) },
  { name: 'trailers of an answer without a body', ask: asking(get), serve: trailing({ 'x-sum': '2' }, '') },
  {
    name: 'trailers of an answer to HTTP/1.1',
    sent: 'GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n',
    serve: trailing({ 'x-sum': '2' }),
  },
  {
    name: 'trailers of an answer from HTTP/1.1',
    ask: asking(get),
    answers: ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-sum: 2\r\n\r\n'],
  },
  ...[204, 205, 206, 301, 304, 404, 500, 503, 599].map((status) => ({
    name: `answer ${status} without a body`,
    ask: asking(get),
    serve: (stream: ServerHttp2Stream) => stream.respond({ ':status': status }, { endStream: true }),
  })),
  {
    name: 'HEAD, with a length',
    ask: asking(getWith({ ':method': 'HEAD' })),
    serve: (stream) => stream.respond({ ':status': 200, 'content-length': '5' }, { endStream: true }),
  },
  {
    name: '304 with a length',
    ask: asking(get),
    serve: (stream) => stream.respond({ ':status': 304, 'content-length': '5' }, { endStream: true }),
  },
  {
    name: 'an answer with a length',
    ask: asking(get),
    serve: trailing({}, 'hello', { ':status': 200, 'content-length': '5', 'x-a': '1', server: 'mine' }),
  },
  {
    name: 'repeated headers of an answer',
    ask: asking(get),
    serve: (stream) => {
      stream.respond([':status', '200', 'set-cookie', 'a=1', 'vary', 'a', 'set-cookie', 'b=2', 'vary', 'b'], {
        endStream: true,
      });
    },
  },
  {
    name: '103 before the answer',
    ask: asking(get),
    serve: (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      stream.respond(ok, { endStream: true });
    },
  },
  {
    name: 'Expect: 100-continue, answered by the server',
    ask: (session) => {
      const stream = session.request([...post, 'expect', '100-continue'], { endStream: false });
      stream.once('continue', () => stream.end('abc'));
      return stream;
    },
    serve: (stream, { number }) => {
      if (number > 1) return;
      stream.additionalHeaders({ ':status': 100 });
      stream.on('end', () => stream.respond(ok, { endStream: true }));
    },
  },
];

const failures: readonly Http2Exchange[] = [
  {
    name: 'an answer with a length, reset with NO_ERROR in its middle',
    ask: asking(get),
    serve: answering((stream) => stream.write('half', () => stream.close(0)), {
      ':status': 200,
      'content-length': '9',
    }),
  },
  {
    name: 'an answer with a length, reset with NO_ERROR in its middle, to HTTP/1.1',
    sent: 'GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n',
    serve: answering((stream) => stream.write('half', () => stream.close(0)), {
      ':status': 200,
      'content-length': '9',
    }),
  },
  ...[0, 1, 2, 7, 8, 11].flatMap((code): Http2Exchange[] => [
    {
      name: `the server resets with ${code} before its head`,
      ask: asking(get),
      serve: (stream) => stream.close(code),
    },
    {
      name: `the server resets with ${code} in its answer`,
      ask: asking(get),
      serve: answering((stream) => stream.write('half', () => stream.close(code))),
    },
  ]),
  {
    name: 'the server refuses the first try',
    ask: asking(get),
    serve: (stream, { number }) => {
      if (number === 1) stream.close(7);
      else stream.respond(ok, { endStream: true });
    },
  },
  {
    name: 'the server resets in its answer to HTTP/1.1',
    sent: 'GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n',
    serve: answering((stream) => stream.write('half', () => stream.close(2))),
  },
  {
    name: 'the server ends the connection before its head',
    ask: asking(get),
    serve: (stream) => stream.session?.destroy(),
  },
  {
    name: 'the server ends the connection in its answer',
    ask: asking(get),
    serve: answering((stream) => stream.write('half', () => stream.session?.destroy())),
  },
  {
    name: 'a server in HTTP/1.1 ends the connection before its head',
    ask: asking(get),
    answers: [],
  },
  {
    name: 'GOAWAY, then the answer',
    ask: asking(get),
    serve: (stream) => {
      stream.session?.goaway();
      setTimeout(() => stream.respond(ok, { endStream: true }), 50);
    },
  },
  {
    name: 'GOAWAY with an error before the head',
    ask: asking(get),
    serve: (stream) => stream.session?.goaway(2),
  },
  {
    name: 'GOAWAY for a request that was not taken',
    ask: asking(get),
    serve: (stream, { number }) => {
      if (number === 1) stream.session?.goaway(0, 0);
      else stream.respond(ok, { endStream: true });
    },
  },
  {
    name: 'an answer before the request has ended',
    ask: (session) => {
      const stream = session.request(post, { endStream: false });
      stream.write('half');
      return stream;
    },
    serve: (stream) => stream.respond({ ':status': 413 }, { endStream: true }),
  },
  {
    name: 'an answer before the request has ended, and no more of it wanted',
    ask: (session) => {
      const stream = session.request(post, { endStream: false });
      stream.write('half');
      return stream;
    },
    serve: (stream) => {
      stream.respond({ ':status': 413 });
      stream.end('too large', () => setTimeout(() => stream.close(0), 50));
    },
  },
  {
    name: 'the client resets before the head',
    ask: (session) => {
      const stream = session.request(get, { endStream: true });
      setTimeout(() => stream.close(8), 300);
      return stream;
    },
    serve: () => {},
  },
  {
    name: 'the client resets in the answer',
    ask: (session) => {
      const stream = session.request(get, { endStream: true });
      stream.once('data', () => stream.close(5));
      return stream;
    },
    serve: answering((stream) => stream.write('half')),
  },
  {
    name: 'the client resets in its body',
    ask: (session) => {
      const stream = session.request(post, { endStream: false });
      stream.write('half');
      setTimeout(() => stream.close(8), 300);
      return stream;
    },
    serve: () => {},
  },
  {
    name: 'a host without a route',
    ask: asking(getWith({ ':path': '/x' })),
    serve: (stream) => stream.close(8),
  },
];

const calls: readonly Http2Exchange[] = [
  {
    name: 'a call',
    ask: sending(grpc, ['\0\0\0\0\0']),
    serve: trailing({ 'grpc-status': '0' }, 'm', { ':status': 200, 'content-type': 'application/grpc' }),
  },
  ...['1', '2', '4', '8', '13', '14'].flatMap((status): Http2Exchange[] => [
    {
      name: `grpc-status ${status} alone`,
      ask: sending(grpc, ['m']),
      serve: (stream) => {
        stream.respond(
          { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': status },
          { endStream: true },
        );
      },
    },
    {
      name: `grpc-status ${status} in trailers`,
      ask: sending(grpc, ['m']),
      serve: trailing({ 'grpc-status': status, 'grpc-message': 'no' }, 'm', {
        ':status': 200,
        'content-type': 'application/grpc',
      }),
    },
  ]),
  ...[0, 2, 7, 8].map((code) => ({
    name: `a call that is reset with ${code}`,
    ask: sending(grpc, ['m']),
    serve: (stream: ServerHttp2Stream) => stream.close(code),
  })),
  {
    name: 'a call that is reset in its answer',
    ask: sending(grpc, ['m']),
    serve: answering((stream) => stream.write('m', () => stream.close(8)), {
      ':status': 200,
      'content-type': 'application/grpc',
    }),
  },
  ...[404, 429, 502, 503].map((status) => ({
    name: `a call that is answered with ${status}`,
    ask: sending(grpc, ['m']),
    serve: (stream: ServerHttp2Stream) => stream.respond({ ':status': status }, { endStream: true }),
  })),
  ...['200m', '1H', '99999999S', '0m', '1x', '123456789m', '100u', '', '20S'].map((timeout) => ({
    name: `a call with grpc-timeout ${timeout}`,
    ask: sending([...grpc, 'grpc-timeout', timeout], ['m']),
    serve: (stream: ServerHttp2Stream) => {
      if (!/200m|0m|100u/.test(timeout) || timeout.length > 5)
        stream.respond({ ':status': 200, 'grpc-status': '0' }, { endStream: true });
    },
  })),
  { name: 'grpc-timeout of no call', ask: asking([...get, 'grpc-timeout', '200m']) },
  {
    name: 'a call to HTTP/1.1',
    ask: sending(grpc, ['m']),
    answers: [
      'HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ntransfer-encoding: chunked\r\n\r\n1\r\nm\r\n0\r\ngrpc-status: 0\r\n\r\n',
    ],
  },
];

const webSocketKey = 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n';
const webSocket = `GET /ws HTTP/1.1\r\nHost: back.ext\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${webSocketKey}\r\n`;
const upgrades: readonly Http2Exchange[] = [
  {
    name: 'a websocket from HTTP/1.1',
    sent: webSocket,
  },
  {
    name: 'a websocket from HTTP/1.1, and bytes in both directions',
    sent: webSocket,
    next: ['ping', 'pong'],
    serve: (stream) => {
      stream.respond({ ':status': 200, 'sec-websocket-accept': 'x' });
      stream.on('data', (data) => stream.write(data));
      stream.on('end', () => stream.end());
    },
  },
  {
    name: 'a websocket from HTTP/1.1, ended by the server',
    sent: webSocket,
    next: ['ping'],
    serve: (stream) => {
      stream.respond({ ':status': 200 });
      stream.once('data', () => stream.end('bye'));
    },
  },
  {
    name: 'a websocket from HTTP/1.1, reset by the server',
    sent: webSocket,
    next: ['ping'],
    serve: (stream) => {
      stream.respond({ ':status': 200 });
      stream.once('data', () => stream.close(2));
    },
  },
  ...[1, 7, 8].map((code) => ({
    name: `a websocket from HTTP/1.1, reset with ${code} before the answer`,
    sent: webSocket,
    serve: (stream: ServerHttp2Stream) => stream.close(code),
  })),
  ...[201, 403].map((status) => ({
    name: `a websocket from HTTP/1.1, answered with ${status}`,
    sent: webSocket,
    serve: (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': status, 'content-type': 'text/plain' });
      stream.end('no');
    },
  })),
  {
    name: 'another upgrade from HTTP/1.1',
    sent: 'GET / HTTP/1.1\r\nHost: back.ext\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n',
  },
  {
    name: 'h2c upgrade from HTTP/1.1',
    sent: 'GET / HTTP/1.1\r\nHost: back.ext\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
  },
];

/** A client's beginning: its preface, its settings, and the frames. */
function client(...frames: readonly Buffer[]): Buffer {
  return Buffer.concat([preface, settingsFrame(), ...frames]);
}

/** A request whose fields no library would send. */
function odd(fields: readonly string[]): Buffer {
  return client(headersFrame(1, fields));
}

const malformed: readonly Http2Exchange[] = [
  { name: 'extended CONNECT', sent: odd([...getWith({ ':method': 'CONNECT' }), ':protocol', 'websocket']) },
  { name: 'CONNECT', sent: odd([':method', 'CONNECT', ':authority', 'back.ext:80']) },
  ...[
    ['connection', 'keep-alive'],
    ['connection', 'close'],
    ['transfer-encoding', 'chunked'],
    ['keep-alive', 'timeout=1'],
    ['upgrade', 'websocket'],
    ['proxy-connection', 'keep-alive'],
    ['te', 'gzip'],
    ['te', 'trailers, gzip'],
    ['http2-settings', 'AAAA'],
    ['X-Upper', '1'],
    ['x a', '1'],
    ['', '1'],
    ['x-a', 'a\0b'],
    ['x-a', 'a\nb'],
    ['x-a', 'a\rb'],
    ['x-a', ' a'],
    ['x-a', 'a\x01b'],
    ['x-a', 'é'],
    [':path', '/second'],
    [':odd', '1'],
    ['content-length', '5'],
    ['content-length', 'x'],
    ['content-length', '0', 'content-length', '0'],
    ['host', 'a', 'host', 'b'],
  ].map((more) => ({
    name: `a request with ${JSON.stringify(more.join(' '))}`,
    sent: odd([...get, ...more]),
  })),
  { name: 'a pseudo-header behind the others', sent: odd([...get.slice(0, 6), 'x-a', '1', ':path', '/']) },
  { name: ':status in a request', sent: odd([...get, ':status', '200']) },
  ...[':method', ':scheme', ':path', ':authority'].map((name) => ({
    name: `without ${name}`,
    sent: odd(getWith({ [name]: undefined })),
  })),
  {
    name: 'a host instead of :authority',
    sent: odd([...getWith({ ':authority': undefined }), 'host', 'back.ext']),
  },
  ...['', 'foo', '?a', '/a b', '/a#b', '/é', 'http://back.ext/'].map((path) => ({
    name: `raw path ${JSON.stringify(path)}`,
    sent: odd(getWith({ ':path': path })),
  })),
  ...['', 'user@back.ext', 'back.ext:x', 'back ext', 'back.ext/'].map((authority) => ({
    name: `raw authority ${JSON.stringify(authority)}`,
    sent: odd(getWith({ ':authority': authority })),
  })),
  { name: 'raw method with a blank', sent: odd(getWith({ ':method': 'G T' })) },
  {
    name: '90 headers',
    sent: odd([...get, ...Array.from({ length: 90 }, (_, i) => [`x-${i}`, '1']).flat()]),
  },
  {
    name: '110 headers',
    sent: odd([...get, ...Array.from({ length: 110 }, (_, i) => [`x-${i}`, '1']).flat()]),
  },
  { name: 'a header of 10,000 bytes', sent: odd([...get, 'x-long', 'a'.repeat(10_000)]) },
  {
    name: 'a header of 70,000 bytes',
    sent: client(
      ...chunked(headerBlock([...get, 'x-long', 'a'.repeat(70_000)])).map((part, index, all) =>
        frame(
          index === 0 ? frameType.headers : frameType.continuation,
          (index === 0 ? flags.endStream : 0) | (index === all.length - 1 ? flags.endHeaders : 0),
          1,
          part,
        ),
      ),
    ),
  },
  {
    name: 'less body than its length',
    sent: client(headersFrame(1, [...post, 'content-length', '5'], false), data(1, 'abc')),
  },
  {
    name: 'more body than its length',
    sent: client(headersFrame(1, [...post, 'content-length', '2'], false), data(1, 'abc')),
  },
  ...(['http1', 'http2'] as const).flatMap((upstream): Http2Exchange[] =>
    [[], ['content-length', '5']].map((length) => ({
      name: `a body ${length.length === 0 ? 'without' : 'with'} a length, reset with NO_ERROR in its middle, to ${upstream}`,
      sent: client(headersFrame(1, [...post, ...length], false), data(1, 'abc', false)),
      next: [numberFrame(frameType.resetStream, 1, 0)],
      ...(upstream === 'http1' ? { answers: oldOk } : { serve: () => {} }),
    })),
  ),
  { name: 'DATA behind the end of a stream', sent: client(headersFrame(1, get), data(1, 'abc')) },
  {
    name: 'trailers that do not end the stream',
    sent: client(headersFrame(1, post, false), headersFrame(1, ['x-a', '1'], false)),
  },
  {
    name: 'a pseudo-header in trailers',
    sent: client(headersFrame(1, post, false), headersFrame(1, [':path', '/'])),
  },
];

function chunked(block: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_384) parts.push(block.subarray(at, at + 16_384));
  return parts;
}

function data(stream: number, text: string, endStream = true): Buffer {
  return frame(frameType.data, endStream ? flags.endStream : 0, stream, Buffer.from(text));
}

const request = headersFrame(1, get);
const frames: ReadonlyArray<readonly [name: string, ...frames: Buffer[]]> = [
  ['DATA on stream 0', frame(frameType.data, 0, 0, Buffer.from('a'))],
  ['DATA on an idle stream', data(1, 'a')],
  ['HEADERS on stream 0', headersFrame(0, get)],
  ['HEADERS on an even stream', headersFrame(2, get)],
  ['HEADERS on a lower stream', headersFrame(3, get), headersFrame(1, get)],
  ['WINDOW_UPDATE of 0 for the connection', numberFrame(frameType.windowUpdate, 0, 0)],
  [
    'WINDOW_UPDATE of 0 for a stream',
    headersFrame(1, post, false),
    numberFrame(frameType.windowUpdate, 1, 0),
  ],
  ['WINDOW_UPDATE beyond 2^31 for the connection', numberFrame(frameType.windowUpdate, 0, 0x7fffffff)],
  [
    'WINDOW_UPDATE beyond 2^31 for a stream',
    headersFrame(1, post, false),
    numberFrame(frameType.windowUpdate, 1, 0x7fffffff),
  ],
  ['WINDOW_UPDATE for an idle stream', numberFrame(frameType.windowUpdate, 1, 1)],
  ['WINDOW_UPDATE of three bytes', frame(frameType.windowUpdate, 0, 0, Buffer.alloc(3))],
  ['RST_STREAM for an idle stream', numberFrame(frameType.resetStream, 1, 8)],
  ['RST_STREAM on stream 0', numberFrame(frameType.resetStream, 0, 8)],
  ['RST_STREAM of three bytes', request, frame(frameType.resetStream, 0, 1, Buffer.alloc(3))],
  ['SETTINGS on a stream', frame(frameType.settings, 0, 1)],
  ['SETTINGS of five bytes', frame(frameType.settings, 0, 0, Buffer.alloc(5))],
  ['SETTINGS: an acknowledgement with a payload', frame(frameType.settings, flags.ack, 0, Buffer.alloc(6))],
  [
    'SETTINGS: an acknowledgement too many',
    frame(frameType.settings, flags.ack, 0),
    frame(frameType.settings, flags.ack, 0),
    request,
  ],
  ['SETTINGS: ENABLE_PUSH of 2', settingsFrame({ 2: 2 })],
  ['SETTINGS: INITIAL_WINDOW_SIZE of 2^31', settingsFrame({ 4: 0x80000000 })],
  ['SETTINGS: MAX_FRAME_SIZE of 1', settingsFrame({ 5: 1 })],
  ['SETTINGS: one that nobody knows', settingsFrame({ 999: 1 }), request],
  ['SETTINGS: HEADER_TABLE_SIZE of 0', settingsFrame({ 1: 0 }), request],
  ['SETTINGS: MAX_HEADER_LIST_SIZE of 1', settingsFrame({ 6: 1 }), request],
  ['PING', frame(frameType.ping, 0, 0, Buffer.alloc(8)), request],
  ['PING of seven bytes', frame(frameType.ping, 0, 0, Buffer.alloc(7))],
  ['PING on a stream', frame(frameType.ping, 0, 1, Buffer.alloc(8))],
  ['PUSH_PROMISE from a client', request, frame(frameType.pushPromise, flags.endHeaders, 1, Buffer.alloc(4))],
  ['GOAWAY from a client', frame(frameType.goaway, 0, 0, Buffer.alloc(8)), request],
  ['GOAWAY of four bytes', frame(frameType.goaway, 0, 0, Buffer.alloc(4))],
  ['CONTINUATION without HEADERS', frame(frameType.continuation, flags.endHeaders, 1)],
  ['DATA between HEADERS and CONTINUATION', frame(frameType.headers, 0, 1, headerBlock(post)), data(1, 'a')],
  [
    'CONTINUATION of another stream',
    frame(frameType.headers, 0, 1, headerBlock(post)),
    frame(frameType.continuation, flags.endHeaders, 3),
  ],
  ['a frame of a type that nobody knows', frame(99, 255, 1, Buffer.from('abc')), request],
  ['a frame that is too long', frame(frameType.data, 0, 1, Buffer.alloc(16_385))],
  [
    'padding longer than the frame',
    headersFrame(1, post, false),
    frame(frameType.data, flags.padded, 1, Buffer.from([200, 0])),
  ],
  [
    'padding of a body',
    headersFrame(1, post, false),
    frame(frameType.data, flags.padded | flags.endStream, 1, Buffer.from([2, 97, 0, 0])),
  ],
  ['PRIORITY that depends on itself', headersFrame(1, post, false), numberFrame(frameType.priority, 1, 1)],
  ['PRIORITY', frame(frameType.priority, 0, 3, Buffer.from([0, 0, 0, 0, 16])), request],
  ['HPACK: index 0', frame(frameType.headers, flags.endHeaders | flags.endStream, 1, Buffer.from([0x80]))],
  [
    'HPACK: an index that is not there',
    frame(frameType.headers, flags.endHeaders | flags.endStream, 1, Buffer.from([0xff, 0x80, 0x01])),
  ],
  [
    'HPACK: a string without its end',
    frame(frameType.headers, flags.endHeaders | flags.endStream, 1, Buffer.from([0, 5, 97])),
  ],
  [
    'HPACK: a table that is too large',
    frame(frameType.headers, flags.endHeaders | flags.endStream, 1, Buffer.from([0x3f, 0xff, 0xff, 0x7f])),
  ],
  [
    'HPACK: an integer without an end',
    frame(frameType.headers, flags.endHeaders | flags.endStream, 1, Buffer.alloc(30, 0xff)),
  ],
  ['HEADERS without fields', frame(frameType.headers, flags.endHeaders | flags.endStream, 1)],
];

export const http2Exchanges: readonly Http2Exchange[] = [
  ...requests,
  ...answers,
  ...failures,
  ...calls,
  ...upgrades,
  ...malformed,
  ...frames.map(([name, ...sent]) => ({ name: `frames: ${name}`, sent: client(...sent) })),
  { name: 'frames: HEADERS instead of SETTINGS', sent: Buffer.concat([preface, request]) },
];
