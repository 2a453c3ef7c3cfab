import { faults } from '../faults.js';

/** Bytes that a client sends, and what the backend answers. */
export interface RawExchange {
  name: string;
  sent: string;
  /** Sent one after the other, each when nothing more came for what was sent before. */
  next?: readonly string[];
  /** What the backend answers to its first, second, ... request; the last one goes on. Default: 200 with two bytes. */
  answers?: readonly string[];
  /** The backend ends the connection after an answer. */
  ends?: boolean;
  /** The backend speaks before it is asked. */
  greets?: boolean;
}

const host = 'Host: back.ext\r\n';
const chunks = 'Transfer-Encoding: chunked\r\n';
const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

function get(path = '/', headers = ''): string {
  return `GET ${path} HTTP/1.1\r\n${host}${headers}\r\n`;
}

function post(headers: string, body: string, path = '/'): string {
  return `POST ${path} HTTP/1.1\r\n${host}${headers}\r\n${body}`;
}

/** A request that would be smuggled, were the body before it read otherwise by the next server. */
const hidden = 'GET /hidden HTTP/1.1\r\nhost: back.ext\r\n\r\n';

function answered(name: string, answer: string, more: Partial<RawExchange> = {}): RawExchange {
  return { name, sent: get(), answers: [answer], ...more };
}

const requestLines: readonly RawExchange[] = [
  ...[
    'OPTIONS *',
    'TRACE /',
    'QUERY /',
    'M-SEARCH /',
    'PROPFIND /',
    'PURGE /',
    'LINK /',
    'SOURCE /',
    'PRI *',
    'get /',
  ].map((line) => ({
    name: `request line ${line}`,
    sent: `${line} HTTP/1.1\r\n${host}\r\n`,
  })),
  ...[
    'foo',
    '?x',
    '//x//y',
    '/%2e%2e/x',
    '/a/%2E%2E/b',
    '/..',
    '/a\\b',
    '/%zz',
    '/%00',
    '/a;p=1/b',
    '/a#b',
    '/a?b#c',
    '#',
    '/a"b',
    '/a<b>',
    '/a|b',
    '/a^b`{}',
    'http://back.ext',
    'http://back.ext?x',
    'http://back.ext#x',
    'http://back.ext/#x',
    'http://BACK.EXT:80/x',
    'HTTP://back.ext/x',
    'https://back.ext/x',
    'ws://back.ext/x',
    'wss://back.ext/x',
    'ftp://back.ext/x',
    'http:/back.ext/x',
    'http:///x',
    'http://',
    'http://back.ext\\@evil/',
    'http://user@back.ext/',
    'http://user:secret@back.ext/',
    'http://a<b>@back.ext/',
    'http://a b@back.ext/',
    'http://@back.ext/',
    'http://back.ext:/',
    'http://back.ext:0/',
    'http://back.ext:99999/',
    'http://back.ext:80:80/',
    'http://[::1]/',
    'http://[::1]:80/',
    'http://[::1/',
    'http://back_ext/',
    'http://back.ext./',
    'http://back%2eext/',
  ].map((target) => ({ name: `target ${target}`, sent: `GET ${target} HTTP/1.1\r\n${host}\r\n` })),
  { name: 'CONNECT', sent: `CONNECT back.ext:80 HTTP/1.1\r\n${host}\r\n` },
  { name: 'HTTP/1.0', sent: `GET / HTTP/1.0\r\n${host}\r\n` },
  { name: 'HTTP/1.2', sent: `GET / HTTP/1.2\r\n${host}\r\n` },
  { name: 'HTTP/1.10', sent: `GET / HTTP/1.10\r\n${host}\r\n` },
  { name: 'http/1.1 in lower case', sent: `GET / http/1.1\r\n${host}\r\n` },
  { name: 'empty lines before the request', sent: `\r\n\r\n${get()}` },
  { name: 'an empty line that ends in LF before the request', sent: `\n${get()}` },
  { name: 'SOCKS5', sent: '\x05\x01\x00' },
  { name: 'SOCKS4', sent: '\x04\x01\x00\x50\x7f\x00\x00\x01\x00' },
  { name: 'SSH', sent: 'SSH-2.0-OpenSSH_9.6\r\n' },
  { name: 'TLS', sent: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' },
  { name: 'PROXY protocol', sent: 'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n' },
  { name: 'bytes without a line end', sent: 'hello' },
  { name: 'zeros', sent: '\0\0\0\0' },
];

const hosts: readonly RawExchange[] = [
  'back.ext:80',
  'BACK.ext',
  'back.ext.',
  'user@back.ext',
  'back.ext, back.ext',
  'back.ext:',
  'back.ext:0080',
  'back.ext:65536',
  'back.ext#x',
  'back.ext?x',
  'back.ext\\x',
  'back.ext"x',
  '[::1',
  '::1',
  '',
].map((value) => ({ name: `Host: ${value}`, sent: `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n` }));

const requestHeaders: readonly RawExchange[] = [
  { name: 'two Hosts', sent: `GET / HTTP/1.1\r\n${host}Host: a.ext\r\n\r\n` },
  { name: 'two equal Hosts', sent: `GET / HTTP/1.1\r\n${host}${host}\r\n` },
  ...[
    'X_A: 1',
    'X-A:',
    'X-A: ',
    'X-A:1',
    'X-A: \t 1 \t ',
    'X-A: \x801\xff',
    'X-A: \x7f',
    'X-A: a\tb',
    ':path: /x',
    'X-A: 1\r\nX-A: 2',
    'Accept: a\r\nX-A: 1\r\nAccept: b',
    'Accept: \r\nAccept: b',
    'Accept: a\r\nAccept: ',
    'Via: 1.1 a\r\nVia: 1.1 b',
    'X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Proto: ftp',
    'X-Forwarded-Proto: ',
    'X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http',
    'X-Forwarded-Host: a',
    'X-Request-Id: ',
    'X-Request-Id: a\r\nX-Request-Id: b',
    'X-Request-Id: \r\nX-Request-Id: b',
    'Cookie: a=1\r\nCookie: b=2',
    'TE: trailers',
    'TE: gzip',
    'TE: gzip, trailers;q=0.5',
    'TE: trailers\r\nTE: gzip',
    'Trailer: x',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'Proxy-Connection: close',
    'Proxy-Connection: X-A\r\nX-A: 1',
    'Proxy-Authorization: Basic x',
    'Connection: close',
    'Connection: keep-alive',
    'Connection: close, keep-alive',
    'Connection: X-A\r\nX-A: 1',
    'Connection: X-A, X-B\r\nX-A: 1\r\nX-B: 2',
    'Connection: te\r\nTE: trailers',
    'Connection: accept\r\nAccept: a',
    'Connection: cookie\r\nCookie: a',
    'Connection: authorization\r\nAuthorization: a',
    'Connection: content-type\r\nContent-Type: a',
    'Connection: x-request-id\r\nX-Request-Id: a',
    'Connection: transfer-encoding',
    'Connection: x-forwarded-proto',
    'Connection: :path',
    'Connection: host',
    'Connection: upgrade',
    'Upgrade: websocket',
    'Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    'Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    'Connection: upgrade\r\nUpgrade: foo',
    'Connection: upgrade\r\nUpgrade: websocket, foo',
    'Connection: Upgrade\r\nUpgrade: WebSocket',
    'Expect: 100-continue',
    'Expect: other',
    'X-Envoy-Internal: true',
    'X-Envoy-Original-Path: /x',
    'X-Envoy-Attempt-Count: 7',
    'X-Envoy-Retry-On: 5xx',
    'X-Envoy-Upstream-Rq-Timeout-Ms: 1',
    'X-Envoy-Decorator-Operation: z',
    'X-Envoy-External-Address: 1.1.1.1',
    'X-Forwarded-Client-Cert: By=x',
    'Content-Length: 0',
    'Content-Length: 00',
    'Early-Data: 1',
    'Max-Forwards: 0',
    'Range: bytes=0-1\r\nRange: bytes=2-3',
  ].map((line) => ({ name: `GET with ${line.replaceAll('\r\n', ' | ')}`, sent: get('/', `${line}\r\n`) })),
  { name: '100 headers', sent: get('/', 'X-A: 1\r\n'.repeat(99)) },
  { name: '101 headers', sent: get('/', 'X-A: 1\r\n'.repeat(100)) },
  { name: '110 headers', sent: get('/', 'X-A: 1\r\n'.repeat(109)) },
  { name: 'headers of 59 KiB', sent: get('/', `X-A: ${'a'.repeat(59 * 1024)}\r\n`) },
  { name: 'headers of 62 KiB', sent: get('/', `X-A: ${'a'.repeat(62 * 1024)}\r\n`) },
  { name: 'a target of 59 KiB', sent: get(`/${'a'.repeat(59 * 1024)}`) },
  { name: 'a target of 70 KiB', sent: get(`/${'a'.repeat(70 * 1024)}`) },
  { name: 'a method of 70 KiB', sent: `${'G'.repeat(70 * 1024)} / HTTP/1.1\r\n${host}\r\n` },
];

const requestBodies: readonly RawExchange[] = [
  { name: 'a body with a length', sent: post('Content-Length: 3\r\n', 'abc') },
  { name: 'a length with leading zeros', sent: post('Content-Length: 0003\r\n', 'abc') },
  {
    name: 'a length with twenty leading zeros',
    sent: post('Content-Length: 000000000000000000003\r\n', 'abc'),
  },
  { name: 'POST without a body', sent: post('', '') },
  { name: 'GET with a body', sent: `GET / HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc` },
  {
    name: 'HEAD with a body',
    sent: `HEAD / HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`,
    answers: ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n'],
  },
  { name: 'DELETE without a body', sent: `DELETE / HTTP/1.1\r\n${host}\r\n` },
  { name: 'PATCH without a body', sent: `PATCH / HTTP/1.1\r\n${host}\r\n` },
  { name: 'a body in chunks', sent: post(chunks, '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n') },
  {
    name: 'chunked in another letter case',
    sent: post('Transfer-Encoding: Chunked\r\n', '3\r\nabc\r\n0\r\n\r\n'),
  },
  { name: 'GET in chunks', sent: `GET / HTTP/1.1\r\n${host}${chunks}\r\n3\r\nabc\r\n0\r\n\r\n` },
  { name: 'a chunk size with leading zeros', sent: post(chunks, `${'0'.repeat(20)}3\r\nabc\r\n000\r\n\r\n`) },
  { name: 'a chunk extension', sent: post(chunks, '3;a=b\r\nabc\r\n0;c\r\n\r\n') },
  { name: 'a blank before a chunk extension', sent: post(chunks, '3 ;a=b\r\nabc\r\n0\r\n\r\n') },
  { name: 'a blank after a chunk size', sent: post(chunks, '3 \r\nabc\r\n0\r\n\r\n') },
  { name: 'a blank before a chunk size', sent: post(chunks, ' 3\r\nabc\r\n0\r\n\r\n') },
  { name: 'a chunk size in capitals', sent: post(chunks, 'A\r\n0123456789\r\n0\r\n\r\n') },
  { name: 'trailers', sent: post(chunks, '3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n') },
  {
    name: 'forbidden trailers',
    sent: post(
      chunks,
      '3\r\nabc\r\n0\r\nContent-Length: 9\r\nHost: x\r\nAuthorization: y\r\nX-Sum: 1\r\n\r\n',
    ),
  },
  { name: 'a trailer with a blank before its colon', sent: post(chunks, '0\r\nX-A : 1\r\n\r\n') },
  {
    name: 'transfer-encoding: chunked, chunked',
    sent: post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'),
  },
  { name: 'transfer-encoding: empty', sent: post('Transfer-Encoding:\r\n', '0\r\n\r\n') },
  { name: 'transfer_encoding', sent: post('Transfer_Encoding: chunked\r\nContent-Length: 3\r\n', 'abc') },
  { name: 'a length of zero, in a list', sent: post('Content-Length: 0, 0\r\n', '') },
  {
    name: 'Connection: content-length',
    sent: post(`Connection: content-length\r\nContent-Length: ${hidden.length}\r\n`, hidden),
  },
  {
    name: 'Connection: transfer-encoding',
    sent: post(`Connection: transfer-encoding\r\n${chunks}`, '3\r\nabc\r\n0\r\n\r\n'),
  },
  {
    name: 'Expect: 100-continue, and the server says so',
    sent: post('Expect: 100-continue\r\nContent-Length: 3\r\n', ''),
    next: ['abc'],
    answers: ['HTTP/1.1 100 Continue\r\n\r\n'],
  },
  { name: 'a pipeline', sent: get('/1') + get('/2') },
  { name: 'a pipeline behind a body', sent: post('Content-Length: 3\r\n', `abc${get('/2')}`) },
  { name: 'half a body', sent: post('Content-Length: 10\r\n', 'abc') },
];

const answers: readonly RawExchange[] = [
  ...[
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nokk',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ncontent-length: 002\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0002\r\nok\r\n00\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nContent-Length: 9\r\nSet-Cookie: a\r\nX-Sum: 1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokX\r\n0\r\n\r\n',
    'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 Very Well\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 099 Low\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 600 High\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 999 High\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 1000 High\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 20 Short\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 OK\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\ncontent-length: 2\n\nok',
    'HTTP/1.1 200 OK\r\nX-A: 1\r\n b\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nX A: 1\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nX-A: \x01\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nContent-Type: a\r\nContent-Type: b\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nVary: a\r\nVary: b\r\nEtag: a\r\nEtag: b\r\nCache-Control: a\r\nCache-Control: b\r\nLocation: a\r\nLocation: b\r\nVia: a\r\nVia: b\r\nServer: a\r\nServer: b\r\nDate: a\r\nDate: b\r\nAccess-Control-Allow-Origin: a\r\nAccess-Control-Allow-Origin: b\r\nSet-Cookie: a\r\nSet-Cookie: b\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nConnection: X-A\r\nX-A: 1\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nConnection: content-length\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nConnection: close\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nTrailer: x\r\nUpgrade: h2c\r\nProxy-Authenticate: x\r\nTE: x\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 200 OK\r\nX-Envoy-Upstream-Service-Time: 7\r\nX-Envoy-Attempt-Count: 7\r\nX-Envoy-Immediate-Health-Check-Fail: 1\r\nServer: mine\r\nDate: today\r\ncontent-length: 2\r\n\r\nok',
    'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\n',
    'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 204 No Content\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    'HTTP/1.1 204 No Content\r\ncontent-length: +5\r\n\r\n',
    'HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\ncontent-length: x\r\n\r\n',
    `HTTP/1.1 100 Continue\r\n\r\n${ok}`,
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${ok}`,
    `HTTP/1.1 102 Processing\r\n\r\n${ok}`,
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`,
    `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n${ok}`,
    `HTTP/1.1 103 Early Hints\r\ncontent-length: 5\r\n\r\n${ok}`,
    `HTTP/1.1 104 Unknown\r\n\r\n${ok}`,
    `HTTP/1.1 199 Unknown\r\n\r\n${ok}`,
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nbytes',
    `${ok}${ok}`,
    'SSH-2.0-server\r\n',
    'HTTP/1.1 200 O',
    'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf',
    'HTTP/1.1 200 OK\r\n\r\nuntil close',
    '',
  ].flatMap((answer) => [
    answered(`answer ${shown(answer)}`, answer),
    answered(`answer ${shown(answer)}, then the end`, answer, { ends: true }),
  ]),
  ...[
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
    'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello',
  ].map((answer) => ({
    name: `answer to HEAD ${shown(answer)}`,
    sent: `HEAD / HTTP/1.1\r\n${host}\r\n`,
    answers: [answer],
  })),
  answered(
    'an answer of 100 headers',
    `HTTP/1.1 200 OK\r\n${'X-A: 1\r\n'.repeat(99)}content-length: 2\r\n\r\nok`,
  ),
  answered(
    'an answer of 101 headers',
    `HTTP/1.1 200 OK\r\n${'X-A: 1\r\n'.repeat(100)}content-length: 2\r\n\r\nok`,
  ),
  answered(
    'an answer with headers of 59 KiB',
    `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(59 * 1024)}\r\ncontent-length: 2\r\n\r\nok`,
  ),
  answered(
    'an answer with headers of 70 KiB',
    `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(70 * 1024)}\r\ncontent-length: 2\r\n\r\nok`,
  ),
  answered(
    'an answer with headers of 90 KiB',
    `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(90 * 1024)}\r\ncontent-length: 2\r\n\r\nok`,
  ),
  answered('a greeting before the request', ok, { greets: true }),
  {
    name: 'an answer before the request has ended',
    sent: post('Content-Length: 10\r\n', 'abc'),
    next: ['defghij'],
  },
  {
    name: 'an error before the request has ended',
    sent: post('Content-Length: 10\r\n', 'abc'),
    answers: ['HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\n\r\n'],
    next: ['defghij'],
  },
  {
    name: 'a websocket that the server declines',
    sent: get('/', 'Connection: upgrade\r\nUpgrade: websocket\r\n'),
  },
  {
    name: 'a websocket',
    sent: get('/', 'Connection: upgrade\r\nUpgrade: websocket\r\n'),
    answers: [
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: y\r\nServer: x\r\n\r\nhello',
    ],
    next: ['bytes'],
  },
  {
    name: 'a websocket whose 101 announces a length',
    sent: get('/', 'Connection: upgrade\r\nUpgrade: websocket\r\n'),
    answers: [
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n\r\nhello',
    ],
    next: ['bytes'],
  },
  ...[200, 201, 204, 302, 401, 500].map((status) => ({
    name: `a websocket that the server declines with ${status}`,
    sent: get('/', 'Connection: upgrade\r\nUpgrade: websocket\r\n'),
    answers: [
      `HTTP/1.1 ${status} No\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive\r\nContent-Type: text/plain\r\nX-A: 1\r\n${status === 204 ? '' : 'content-length: 2\r\n'}\r\n${status === 204 ? '' : 'no'}`,
    ],
  })),
  {
    name: 'a websocket that the server declines with chunks',
    sent: get('/', 'Connection: upgrade\r\nUpgrade: websocket\r\n'),
    answers: ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'],
  },
  {
    name: 'a websocket with a body',
    sent: get('/', 'Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n').concat('abc'),
  },
];

const framedByRules: readonly RawExchange[] = [
  {
    name: 'a rule removes the length of a body',
    sent: post(`Content-Length: ${hidden.length}\r\n`, hidden, '/remove-length'),
  },
  { name: 'a rule removes the length of no body', sent: get('/remove-length') },
  {
    name: 'a rule removes the length of an empty POST',
    sent: post('Content-Length: 0\r\n', '', '/remove-length'),
  },
  { name: 'a rule removes the length of a POST without one', sent: post('', '', '/remove-length') },
  { name: 'a rule sets the length of a body', sent: post('Content-Length: 5\r\n', 'hello', '/set-length') },
  {
    name: 'a rule sets the length of a body in chunks',
    sent: post(chunks, '5\r\nhello\r\n0\r\n\r\n', '/set-length'),
  },
  { name: 'a rule sets the length of no body', sent: get('/set-length') },
  { name: 'a rule sets the length of an answer', sent: get('/set-response-length') },
  {
    name: 'a rule sets the length of an answer in chunks',
    sent: get('/set-response-length'),
    answers: ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  },
  { name: 'a rule adds a length to an answer', sent: get('/add-response-length') },
  {
    name: 'a rule removes the length of an answer to HEAD',
    sent: `HEAD /remove-length HTTP/1.1\r\n${host}\r\n`,
    answers: ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n'],
  },
  {
    name: 'a rule removes the length of a 304',
    sent: get('/remove-length'),
    answers: ['HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\n'],
  },
  {
    name: 'a rule sets the length of a 204',
    sent: get('/set-response-length'),
    answers: ['HTTP/1.1 204 No Content\r\n\r\n'],
  },
  {
    name: 'a rule adds to lines of inline headers and of others',
    sent: get('/add-inline', 'Accept: a\r\nX-User: a\r\n'),
    answers: ['HTTP/1.1 200 OK\r\nVary: a\r\nSet-Cookie: a\r\ncontent-length: 2\r\n\r\nok'],
  },
  {
    name: 'a rule removes the encoding of an answer',
    sent: get('/remove-encoding'),
    answers: ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  },
  ...rulePaths().map((path) => ({ name: `GET ${path}`, sent: get(path) })),
  ...rulePaths().map((path) => ({ name: `POST ${path}`, sent: post('Content-Length: 3\r\n', 'abc', path) })),
  ...rulePaths().map((path) => ({
    name: `POST in chunks ${path}`,
    sent: post(chunks, '3\r\nabc\r\n0\r\n\r\n', path),
  })),
];

function rulePaths(): string[] {
  return [
    '/set-encoding',
    '/set-response-encoding',
    '/remove-encoding',
    '/set-connection',
    '/set-hop',
    '/set-own',
    '/remove-own',
    '/add-inline',
    '/invalid-name',
    '/invalid-response-name',
    '/rewrite-blank/x',
    '/rewrite-fragment/x',
    '/rewrite-beyond-ascii/x',
    '/rewrite-without-slash/x',
  ];
}

/** Everything that is put to an Envoy and to the local mesh. */
export const exchanges: readonly RawExchange[] = [
  ...faults.map(({ name, sent }) => ({ name: `refused: ${name}`, sent })),
  ...requestLines,
  ...hosts,
  ...requestHeaders,
  ...requestBodies,
  ...answers,
  ...framedByRules,
];

/** Bytes on one line of text. */
function shown(bytes: string): string {
  const text = bytes.length > 120 ? `${bytes.slice(0, 60)}...` : bytes;
  return JSON.stringify(text).slice(1, -1).replaceAll('HTTP/1.1 ', '');
}
