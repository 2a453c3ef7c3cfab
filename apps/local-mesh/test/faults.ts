/** A request that no server should ever see: what is sent, raw, and the status that must come back before the connection is closed. */
export interface Fault {
  /** What is wrong, in words. */
  name: string;
  sent: string;
  status: number;
}

const host = 'Host: back.ext\r\n';
const post = `POST / HTTP/1.1\r\n${host}`;
const get = `GET / HTTP/1.1\r\n${host}`;
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

/** Requests that are malformed, or that two parsers could read differently. */
export const faults: readonly Fault[] = [
  {
    name: 'both lengths: content-length and chunked',
    sent: `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    name: 'both lengths, the other way round',
    sent: `${post}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    name: 'two different content-lengths',
    sent: `${post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
    status: 400,
  },
  {
    name: 'two equal content-lengths',
    sent: `${post}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`,
    status: 400,
  },
  { name: 'a list as content-length', sent: `${post}Content-Length: 3, 3\r\n\r\nabc`, status: 400 },
  { name: 'content-length with a sign', sent: `${post}Content-Length: +3\r\n\r\nabc`, status: 400 },
  { name: 'content-length in hexadecimal', sent: `${post}Content-Length: 0x3\r\n\r\nabc`, status: 400 },
  { name: 'negative content-length', sent: `${post}Content-Length: -1\r\n\r\n`, status: 400 },
  { name: 'empty content-length', sent: `${post}Content-Length:\r\n\r\n`, status: 400 },
  {
    name: 'content-length beyond 2^53',
    sent: `${post}Content-Length: 99999999999999999999\r\n\r\n`,
    status: 400,
  },
  {
    name: 'transfer-encoding other than chunked',
    sent: `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    status: 501,
  },
  { name: 'transfer-encoding: identity', sent: `${post}Transfer-Encoding: identity\r\n\r\n`, status: 501 },
  {
    name: 'transfer-encoding twice',
    sent: `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 501,
  },
  {
    name: 'transfer-encoding behind a vertical tab',
    sent: `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    name: 'blank before the colon of transfer-encoding',
    sent: `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  { name: 'chunk size that is not a number', sent: `${chunked}zz\r\nabc\r\n0\r\n\r\n`, status: 400 },
  { name: 'chunk size with a sign', sent: `${chunked}+3\r\nabc\r\n0\r\n\r\n`, status: 400 },
  { name: 'chunk size with 0x', sent: `${chunked}0x3\r\nabc\r\n0\r\n\r\n`, status: 400 },
  { name: 'chunk size beyond 2^48', sent: `${chunked}fffffffffffff\r\nabc\r\n0\r\n\r\n`, status: 400 },
  { name: 'empty chunk size', sent: `${chunked}\r\nabc\r\n0\r\n\r\n`, status: 400 },
  { name: 'chunk longer than its size', sent: `${chunked}3\r\nabcX\r\n0\r\n\r\n`, status: 400 },
  { name: 'chunk size line that ends in LF alone', sent: `${chunked}3\nabc\r\n0\r\n\r\n`, status: 400 },
  { name: 'bare CR in a chunk extension', sent: `${chunked}3;a\rb\r\nabc\r\n0\r\n\r\n`, status: 400 },
  { name: 'trailer without a colon', sent: `${chunked}0\r\nbad\r\n\r\n`, status: 400 },
  { name: 'bare CR in a header value', sent: `${get}X-A: 1\rX-B: 2\r\n\r\n`, status: 400 },
  { name: 'lines that end in LF alone', sent: 'GET / HTTP/1.1\nHost: back.ext\n\n', status: 400 },
  {
    name: 'one line that ends in LF alone',
    sent: 'GET / HTTP/1.1\r\nHost: back.ext\nX-A: b\r\n\r\n',
    status: 400,
  },
  { name: 'NUL in a header value', sent: `${get}X-A: 1\0\r\n\r\n`, status: 400 },
  { name: 'control character in a header value', sent: `${get}X-A: 1\x01\r\n\r\n`, status: 400 },
  { name: 'folded header line', sent: `${get}X-A: 1\r\n b\r\n\r\n`, status: 400 },
  { name: 'header line without a colon', sent: `${get}X-A\r\n\r\n`, status: 400 },
  { name: 'header without a name', sent: `${get}: 1\r\n\r\n`, status: 400 },
  { name: 'blank before a colon', sent: `${get}X-A : 1\r\n\r\n`, status: 400 },
  { name: 'header name beyond ASCII', sent: `${get}X-\xe9: 1\r\n\r\n`, status: 400 },
  { name: 'no Host', sent: 'GET / HTTP/1.1\r\n\r\n', status: 400 },
  { name: 'blank in the Host', sent: 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', status: 400 },
  { name: 'path in the Host', sent: 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', status: 400 },
  { name: 'port of the Host that is not a number', sent: 'GET / HTTP/1.1\r\nHost: a:b\r\n\r\n', status: 400 },
  { name: 'port of the Host beyond 65535', sent: 'GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n', status: 400 },
  { name: 'blank in the path', sent: `GET /a b HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'path beyond ASCII', sent: `GET /\xc3\xa9 HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'control character in the path', sent: `GET /a\x01 HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'two blanks in the request line', sent: `GET  / HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'blank at the end of the request line', sent: `GET / HTTP/1.1 \r\n${host}\r\n`, status: 400 },
  { name: 'method that HTTP does not know', sent: `FROB / HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'method in lower case', sent: `get / HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'HTTP/0.9', sent: 'GET /\r\n\r\n', status: 426 },
  { name: 'HTTP/2.0 on a line', sent: `GET / HTTP/2.0\r\n${host}\r\n`, status: 426 },
  { name: 'no HTTP at all', sent: '\x00\x01\x02\r\n\r\n', status: 400 },
  { name: 'TLS to the proxy itself', sent: '\x16\x03\x01\x02\x00\x01\n', status: 400 },
  {
    name: 'connection header that names x-forwarded-for',
    sent: `${get}Connection: x-forwarded-for\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`,
    status: 400,
  },
  {
    name: 'connection header that names the host',
    sent: `${get}Connection: host\r\n\r\n`,
    status: 400,
  },
  { name: 'URL with an empty port', sent: `GET http://back.ext:/ HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'URL with two users', sent: `GET http://a@b@back.ext/ HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'URL with half a bracket', sent: `GET http://[::1/ HTTP/1.1\r\n${host}\r\n`, status: 400 },
  { name: 'header of 61 KiB', sent: `${get}X-A: ${'a'.repeat(61 * 1024)}\r\n\r\n`, status: 431 },
  { name: 'path of 61 KiB', sent: `GET /${'a'.repeat(61 * 1024)} HTTP/1.1\r\n${host}\r\n`, status: 431 },
  { name: 'head without an end', sent: `${get}${'X-A: aaaaaaaaaaaaaaaa\r\n'.repeat(4000)}`, status: 431 },
  { name: '101 headers', sent: `${get}${'X-A: 1\r\n'.repeat(101)}\r\n`, status: 431 },
  { name: 'CONNECT without a port', sent: 'CONNECT back.ext HTTP/1.1\r\nHost: a\r\n\r\n', status: 400 },
  {
    name: 'CONNECT with a port beyond 65535',
    sent: 'CONNECT back.ext:99999 HTTP/1.1\r\nHost: a\r\n\r\n',
    status: 400,
  },
];
