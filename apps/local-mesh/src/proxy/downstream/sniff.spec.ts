import { sniff } from './sniff.js';

describe('what the first bytes behind a CONNECT are', () => {
  it.each([
    ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'http'],
    ['\r\nGET / HTTP/1.1\r\n', 'http'],
    ['GET / HTTP/1.1\nHost: a\n\n', 'http'],
    ['FOO /x HTTP/1.1\r\n', 'http'],
    ['get / HTTP/1.1\r\n', 'http'],
    ['GET http://a/ HTTP/1.1\r\n', 'http'],
    ['GET / HTTP/1.0\r\n', 'other'],
    ['GET / HTTP/2.0\r\n', 'other'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['PRI * HTTP/2.0\r\n\r\n', undefined],
    ['PRI * HTTP/2.0\r\n\r\nXX', 'other'],
    ['GET /\r\n', 'other'],
    ['GET /a b HTTP/1.1\r\n', 'other'],
    ['GET ?x HTTP/1.1\r\n', 'other'],
    ['GET /\xc3\xa9 HTTP/1.1\r\n', 'other'],
    ['hello\r\n', 'other'],
    ['\x16\x03\x01', 'other'],
    ['\x05\x01\x00', 'other'],
    ['', undefined],
    ['\r', undefined],
    ['\r\n', undefined],
    ['G', undefined],
    ['GET', undefined],
    ['GET ', undefined],
    ['GET /a', undefined],
    ['GET /a HTTP', undefined],
    ['GET /a HTTP/1.1', undefined],
    ['GET /a HTTP/1.1\r', undefined],
  ])('%j: %s', (bytes, expected) => {
    expect(sniff(Buffer.from(bytes, 'latin1'))).toBe(expected);
  });

  it('looks no further than 64 KiB for the end of a request line', () => {
    expect(sniff(Buffer.from(`GET /${'a'.repeat(70_000)}`))).toBe('other');
  });
});
