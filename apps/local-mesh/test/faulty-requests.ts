import type { Random } from '@grayscale/seeded-random';

/** A request in its parts, so that a fault can be put where it is most likely to be believed. */
interface Parts {
  method: string;
  target: string;
  version: string;
  headers: [name: string, value: string][];
  body: string;
}

const host = 'back.ext';
const paths = [
  ...[
    '/',
    '/a',
    '/a/b?c=d&e=%20',
    '/%41',
    '/a/../b',
    '//a',
    '/?x',
    '/remove-length',
    '/set-length',
    '/add-inline',
  ],
  ...['/remove-encoding', '/set-connection', '/set-hop', '/rewrite-fragment', '/set-response-length'],
];
const plainHeaders: readonly [string, string][] = [
  ['Accept', '*/*'],
  ['accept-encoding', 'gzip, deflate'],
  ['User-Agent', 'odd/1.0 (a; b)'],
  ['Cookie', 'a=b; c="d"'],
  ['X-Request-Id', '6f1f0a4e-5b0c-4f0e-9d3c-0a0b0c0d0e0f'],
  ['x-b3-traceid', '80f198ee56343ba864fe8b2a57d3eff7'],
  ['Connection', 'keep-alive'],
  ['connection', 'x-hop, close'],
  ['x-hop', '1'],
  ['TE', 'trailers'],
  ['Expect', '100-continue'],
  ['Upgrade', 'websocket'],
  ['Range', 'bytes=0-10'],
  ['Origin', 'http://a.example'],
  ['x-long', 'y'.repeat(500)],
  ['x-empty', ''],
  ['x-latin', '\xe9\xff'],
];

/** One to three requests on a connection, most of them with a fault or two. */
export function faultyRequest(random: Random): string {
  const requests = 1 + Math.floor(3 * random.next() ** 4);
  return Array.from({ length: requests }, () =>
    random.below(12) === 0 ? tunnel(random) : request(random),
  ).join('');
}

function request(random: Random): string {
  const parts = validRequest(random);
  for (let faults = random.below(3); faults > 0; faults--) random.one(partFaults)(parts, random);
  const text = textOf(parts);
  return random.below(8) === 0 ? random.one(textFaults)(text, random) : text;
}

function validRequest(random: Random): Parts {
  const path = random.one(paths);
  const method = random.one(['GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'ODD']);
  const headers: Parts['headers'] = [['Host', random.one([host, `${host}:80`, 'BACK.EXT'])]];
  for (let more = random.below(5); more > 0; more--) headers.push([...random.one(plainHeaders)]);
  const parts = {
    method,
    target: random.below(3) === 0 ? `http://${host}${path}` : path,
    version: random.below(10) === 0 ? 'HTTP/1.0' : 'HTTP/1.1',
    headers,
    body: '',
  };
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') addBody(parts, random);
  return parts;
}

function addBody(parts: Parts, random: Random): void {
  const content = 'abcdefgh'.repeat(random.below(40));
  if (random.below(2) === 0) {
    parts.headers.push(['Content-Length', String(content.length)]);
    parts.body = content;
    return;
  }
  parts.headers.push(['Transfer-Encoding', 'chunked']);
  for (let at = 0; at < content.length; ) {
    const size = 1 + random.below(60);
    const chunk = content.slice(at, at + size);
    parts.body += `${chunk.length.toString(16)}${random.below(6) === 0 ? ';a=b' : ''}\r\n${chunk}\r\n`;
    at += size;
  }
  parts.body += random.below(4) === 0 ? '0\r\nx-trailer: 1\r\n\r\n' : '0\r\n\r\n';
}

type PartFault = (parts: Parts, random: Random) => unknown;

const partFaults: readonly PartFault[] = [
  // One header more, that says something else, or the same again.
  (parts, random) => parts.headers.push([...random.one(parts.headers)]),
  (parts, random) =>
    parts.headers.push([
      random.one([
        'Host',
        'Content-Length',
        'Transfer-Encoding',
        'Connection',
        'Upgrade',
        'Expect',
        'Trailer',
      ]),
      random.one([
        '3',
        '0',
        '-1',
        '+5',
        '5, 5',
        'chunked',
        'gzip, chunked',
        'identity',
        'close',
        'h2c',
        'a.ext',
        '',
      ]),
    ]),
  // A header less.
  ({ headers }, random) => headers.length > 1 && headers.splice(random.below(headers.length), 1),
  // Names and values that are none, or only nearly.
  ({ headers }, random) => {
    const header = random.one(headers);
    header[0] = random.one([
      ...[`${header[0]} `, ` ${header[0]}`, `${header[0]}\t`, header[0].toUpperCase(), `${header[0]}\0`],
      ...['', 'x:y', 'x\xff', header[0].replace('-', '_'), `${header[0]}\r`],
    ]);
  },
  ({ headers }, random) => {
    const header = random.one(headers);
    header[1] = random.one([
      ...[
        `${header[1]} `,
        `\t${header[1]}`,
        `${header[1]}\r\n folded`,
        `${header[1]}\rx: y`,
        `${header[1]}\nx: y`,
      ],
      ...[`${header[1]}\0`, `${header[1]},`, `"${header[1]}`, header[1].repeat(8), `${header[1]}\x7f`],
    ]);
  },
  // The request line.
  (parts, random) => {
    parts.target = random.one([
      ...[
        `${parts.target}#f`,
        `${parts.target} x`,
        `${parts.target}\0`,
        `${parts.target}%`,
        `${parts.target}\xff`,
        '*',
        '',
      ],
      ...[
        'http:///',
        'http://',
        'https://back.ext/',
        'ws://back.ext/',
        'http://u:p@back.ext/',
        'http://[::1]/',
        `//${host}/`,
      ],
    ]);
  },
  (parts, random) => {
    parts.version = random.one(['HTTP/1.2', 'HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.1 ', 'HTTP/11', '']);
  },
  (parts, random) => {
    parts.method = random.one(['get', 'G T', 'G\tET', 'PRI', 'GET\0', '', 'CONNECT', 'TRACE', 'M-SEARCH']);
  },
  // A body that is longer or shorter than it says, or is framed in another way.
  (parts, random) => {
    const at = random.below(parts.body.length + 1);
    parts.body = random.one([
      parts.body.slice(0, at),
      `${parts.body}more`,
      parts.body.replace('\r\n', random.one(['\n', '\r', ' \r\n', ';\r\n', '\r\n\r\n'])),
      parts.body.replace(/^[0-9a-f]+/, random.one(['-1', '0x3', ' 3', 'fffffffff', '', '00003', 'g'])),
      parts.body.replace(
        'x-trailer: 1',
        random.one(['Content-Length: 3', 'Host: a', 'x', ': y', 'Authorization: a']),
      ),
    ]);
  },
];

type TextFault = (text: string, random: Random) => string;

const textFaults: readonly TextFault[] = [
  (text, random) => splice(text, random.below(text.length + 1), random.below(6), ''),
  (text, random) => splice(text, random.below(text.length + 1), 1, String.fromCharCode(random.below(256))),
  (text) => text.replaceAll('\r\n', '\n'),
  (text, random) => splice(text, random.below(text.length + 1), 0, '\r\n'),
  (text, random) => text.slice(0, random.below(text.length)),
];

function splice(text: string, at: number, length: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

/** CONNECT with a faulty head; what goes through the tunnel is not the proxy's to judge, so it is a request as it should be. */
function tunnel(random: Random): string {
  const parts: Parts = {
    method: 'CONNECT',
    target: random.one([
      `${host}:80`,
      `${host}:80`,
      host,
      `${host}:443`,
      '127.0.0.1:1',
      '[::1]:80',
      'no.such.name:80',
      `http://${host}/`,
    ]),
    version: random.one(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0']),
    headers: [['Host', `${host}:80`]],
    body: '',
  };
  if (random.below(2) === 0) random.one(partFaults)(parts, random);
  return `${textOf({ ...parts, body: '' })}GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
}

function textOf({ method, target, version, headers, body }: Parts): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} ${version}\r\n${lines.join('')}\r\n${body}`;
}
