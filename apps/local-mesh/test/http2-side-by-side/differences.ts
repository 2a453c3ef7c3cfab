import { type Difference, differenceOf } from '../side-by-side/differences.js';

/** One that HTTP/1.1 has as well. */
function asInHttp1(name: string): string {
  return (differenceOf(name) as Difference).why;
}

export const http2Differences: readonly Difference[] = [
  {
    exchanges: [/^a request with "(?: 1|x a|x-a a\\)/],
    why: 'HTTP/2: a header without a name or with a space in it, or with a control character in its value, is dropped; Envoy ends the connection.',
  },
  {
    exchanges: ['a request with "http2-settings AAAA"'],
    why: 'HTTP/2: `http2-settings` is dropped; Envoy passes it on.',
  },
  {
    exchanges: [
      /^a request with "(?::odd|:path|X-Upper|connection|content-length|host a|keep-alive|proxy-connection|te |transfer|upgrade)/,
      /^without :/,
      /a pseudo-header/,
      /^raw (?:path "(?!\/(?:a#|é))|authority "(?!back\.ext:)|method)/,
      ':status in a request',
      'extended CONNECT',
      'frames: HEADERS without fields',
      'trailers that do not end the stream',
      'forbidden trailers of a request',
      'path *',
      'less body than its length',
    ],
    why: 'HTTP/2: a malformed request is reset (PROTOCOL_ERROR), and others on its connection go on; Envoy ends the connection. What came of its body may have reached the server.',
  },
  {
    exchanges: ['more body than its length'],
    why: 'HTTP/2: a body that is longer than its length ends the connection; Envoy resets the stream.',
  },
  {
    exchanges: [
      /^frames: HEADERS on (?:an even stream|stream 0)$/,
      /^frames: (?:PING on|PUSH_PROMISE|RST_STREAM (?:for an idle|on))/,
      /^frames: SETTINGS(?: on a stream|: (?:ENABLE_PUSH|INITIAL|MAX_FRAME|an acknowledgement too))/,
      /^frames: WINDOW_UPDATE (?:of 0|beyond|for an idle)/,
    ],
    why: 'HTTP/2: a client that breaks the rules of a connection is told why by GOAWAY before the connection ends; Envoy ends it without a word.',
  },
  {
    exchanges: ['frames: GOAWAY from a client'],
    why: 'HTTP/2: a client that said GOAWAY is served no further stream; Envoy goes on.',
  },
  {
    exchanges: ['110 headers'],
    why: 'HTTP/2: a request with more than 100 headers is reset with ENHANCE_YOUR_CALM; Envoy says INTERNAL_ERROR.',
  },
  {
    exchanges: ['GOAWAY with an error before the head'],
    why: 'HTTP/2: a GOAWAY with an error ends the requests that are under way on the connection (503); Envoy waits for their answers.',
  },
  {
    exchanges: ['the server resets with 0 in its answer'],
    why: 'HTTP/2: an answer without a length that its server resets with NO_ERROR counts as complete; Envoy resets the stream of its client.',
  },
  {
    exchanges: [/^an answer before the request has ended/],
    why: 'HTTP/2: an answer that comes before its request has ended ends the stream; Envoy leaves it half open.',
  },
  {
    exchanges: [/reset with NO_ERROR in its middle, to http1$/],
    why: 'HTTP/2: after an answer to half a request, the rest of the request is read and dropped; Envoy resets the stream with NO_ERROR where the server speaks HTTP/1.1.',
  },
  {
    exchanges: ['an empty body with a length of 0'],
    why: 'HTTP/2: `content-length: 0` is dropped from a request whose head does not end the stream.',
  },
  { exchanges: ['authority back.ext:8080', 'raw authority "back.ext:x"'], why: asInHttp1('CONNECT') },
  {
    exchanges: [
      'a body from HTTP/1.1 in chunks, with a trailer',
      'a call to HTTP/1.1',
      /^trailers of .* (?:to|from) HTTP\/1\.1$/,
    ],
    why: asInHttp1('trailers'),
  },
];
