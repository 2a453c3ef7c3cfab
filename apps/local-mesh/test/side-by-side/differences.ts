/** Something that the local mesh knowingly does otherwise than Envoy. */
export interface Difference {
  /** The exchanges in which it shows, by name. */
  exchanges: readonly (string | RegExp)[];
  /** What is different and why; stands so in docs/reliability.md. */
  why: string;
}

export const differences: readonly Difference[] = [
  {
    exchanges: [
      'refused: bare CR in a header value',
      'refused: lines that end in LF alone',
      'refused: one line that ends in LF alone',
      'refused: folded header line',
      'refused: two blanks in the request line',
      'refused: blank at the end of the request line',
      'an empty line that ends in LF before the request',
      /^answer 200 OK\\ncontent-length: 2/,
      /^answer 200 OK\\r\\nX-A: 1\\r\\n b/,
    ],
    why: 'What Envoy repairs is refused, in requests and in answers, because two parsers could read it differently: a bare CR in a value (Envoy drops it), lines that end in LF alone, folded header lines, more than one space in a request line.',
  },
  {
    exchanges: [
      'refused: chunk longer than its size',
      'refused: chunk size beyond 2^48',
      /^answer 200 OK.*2\\r\\nokX/,
    ],
    why: 'A chunk that is longer than its size ends the message; Envoy skips to the next line end. A chunk size beyond 2^48 is refused; Envoy lets it overflow.',
  },
  {
    exchanges: [/^answer 200 OK.*zz/],
    why: 'An answer whose body is broken from its first chunk on ends the connection before its head was sent; Envoy has sent the head by then.',
  },
  {
    exchanges: [/^answer HTTP\/2\.0 200/, /^answer 1000 High/],
    why: 'A status line of another version than HTTP/1.0 or HTTP/1.1, or with a status of four digits, is a protocol error; Envoy takes both.',
  },
  {
    exchanges: [/^answer 101 Switching Protocols/],
    why: 'A 101 that nobody asked for is a protocol error; Envoy passes it on and ends the stream.',
  },
  {
    exchanges: [/^answer 304 Not Modified\\r\\ncontent-length: x/],
    why: 'A content-length that is not a number is a protocol error in every answer; Envoy passes it on with a 304.',
  },
  {
    exchanges: ['trailers', 'forbidden trailers', /^answer 200 OK.*X-Sum: 1/],
    why: 'Trailers are passed on but for those that no trailer may carry (RFC 9110 6.5.1: framing, routing, credentials, what belongs to one connection); Envoy drops all of them by default.',
  },
  {
    exchanges: ['a body in chunks'],
    why: 'Chunks go on as they came; Envoy makes new ones.',
  },
  {
    exchanges: [
      'GET with Content-Length: 00',
      'a length with leading zeros',
      'a length with twenty leading zeros',
      /^answer 200 OK\\r\\ncontent-length: 002/,
    ],
    why: 'A length goes on as a plain number, without the zeros before it.',
  },
  {
    exchanges: [/^a rule (sets|adds) .*length/, /\/set-encoding$/],
    why: 'No rule decides how a message is framed: a content-length or transfer-encoding that a rule sets or adds is not sent. Envoy sends it, and the next server takes a part of the body for a request of its own.',
  },
  {
    exchanges: [/\/invalid-response-name$/],
    why: 'A header name that is not valid is refused in answers as it is in requests (503); Envoy sends it to the client.',
  },
  {
    exchanges: [/\/rewrite-(blank|beyond-ascii|without-slash)\/x$/],
    why: 'A path that a rewrite made unfit for a request line is answered with 400 here; Envoy sends it, and the server answers 400.',
  },
  {
    exchanges: ['a websocket with a body'],
    why: 'The body of a request to change the protocol is sent on; Envoy announces it and holds it back.',
  },
  {
    exchanges: ['HTTP/1.0'],
    why: 'HTTP/1.0 is answered, with `connection: close` and without chunks: `ab` and old probes speak it. A sidecar passes it on as TCP, without any rule, to the address dialled; a gateway answers 426.',
  },
  {
    exchanges: [
      'CONNECT',
      /^target (https|wss?):\/\//,
      'target http://back.ext:0/',
      /^refused: port of the Host/,
      'Host: back.ext:65536',
    ],
    why: 'The proxy is asked by name: CONNECT opens a tunnel (Envoy finds no route), `https://` and `wss://` mean port 443, `ws://` port 80, and the port of a URL or Host is the port dialled, so it has to be one.',
  },
  {
    exchanges: [
      /^target http:\/\/(\[::1\]|back_ext|back%2eext)/,
      /^Host: (user@|\[?::1$|$)/,
      /^two (equal )?Hosts$/,
    ],
    why: 'A host that no rule names is passed through by its name, which may then not resolve (503); the Envoy beside it has no such route (404). An underscore or a percent sign in the host of a URL is taken; Envoy takes them in a Host header alone.',
  },
  {
    exchanges: [/back\.ext\.\/?$/],
    why: 'A host with a dot at its end is the host without, as istiod tells a sidecar for registered hosts; the Envoy beside it was not told.',
  },
  {
    exchanges: ['target http://back.ext?x'],
    why: '`http://host?query` without a slash is asked for as `/?query` (RFC 9112 3.2.1); Envoy answers 404.',
  },
  {
    exchanges: ['GET with X-Forwarded-Proto: '],
    why: 'An empty x-forwarded-proto counts as http; Envoy finds no route then.',
  },
];

/** The difference that an exchange is known for. */
export function differenceOf(name: string, among = differences): Difference | undefined {
  return among.find(({ exchanges }) =>
    exchanges.some((pattern) => (typeof pattern === 'string' ? pattern === name : pattern.test(name))),
  );
}
