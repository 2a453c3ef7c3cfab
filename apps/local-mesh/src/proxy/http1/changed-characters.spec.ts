import { expectGolden } from '../../../../../tools/golden/golden.js';
import { MalformedMessage } from '../message/malformed-message.js';
import { requestTarget } from '../target.js';
import { BodyDecoder } from './body-decoder.js';
import type { Framing } from './framing.js';
import { checkRequestStart, parseRequestHead } from './request-head.js';
import { parseResponseHead } from './response-head.js';

const golden = (name: string, lines: readonly string[]) =>
  expectGolden(new URL(`../../../test/golden/http1-${name}.txt`, import.meta.url), lines);

/** A text with any one of its characters changed, left out or written twice: by the place of the change and its kind. */
function* changesOf(text: string): Generator<[change: string, text: string]> {
  for (let at = 0; at < text.length; at++) {
    const [before, own = '', after] = [text.slice(0, at), text[at], text.slice(at + 1)];
    for (const other of [
      '',
      own + own,
      '\0',
      '\t',
      '\n',
      '\r',
      ' ',
      '!',
      '0',
      '9',
      ':',
      ';',
      'A',
      'g',
      '\x7f',
      '\xa0',
    ])
      if (other !== own) yield [`${at} ${JSON.stringify(other)}`, before + other + after];
  }
}

/** What comes of each change; those of the same outcome stand in one line, and those that change nothing are left out. */
function outcomes(text: string, outcomeOf: (text: string) => string): string[] {
  const own = outcomeOf(text);
  const changes = new Map<string, string[]>();
  for (const [change, changed] of changesOf(text)) {
    const outcome = outcomeOf(changed);
    if (outcome !== own) changes.set(outcome, [...(changes.get(outcome) ?? []), change]);
  }
  return [
    `${JSON.stringify(text)}: ${own}`,
    ...[...changes].map(([outcome, which]) => `  ${which.join(', ')}: ${outcome}`),
  ];
}

/** What a reader says, or why it refuses. */
function said(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    return `refused: ${error.status} ${error.details}${error.emptyBody ? ' without a body' : ''}`;
  }
}

const requests = [
  'GET /a?b HTTP/1.1\r\nHost: h:81\r\nUser:  test ',
  'POST http://u:p@[::1]:81?x HTTP/1.1\r\nHost: h\r\nContent-Length: 012',
  'GET https://a.b HTTP/1.0\r\nHost: h\r\nX-Forwarded-Proto: https',
  'PUT * HTTP/1.1\r\nHost: [::1]\r\nTransfer-Encoding: Chunked\r\nX-Forwarded-Proto: HTTPS',
  'GET / HTTP/1.0\r\nhost: h\r\ntransfer-encoding: chunked',
  'GET / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\ntransfer-encoding: chunked',
];

it('a request of which any one character is changed', () => {
  const lines = requests.flatMap((request) =>
    outcomes(request, (text) =>
      said(() => {
        const head = parseRequestHead(text, 3);
        const { scheme, port, host, path, authority } = requestTarget(head, undefined);
        const lengths = [head.method, host, authority, path].map(({ length }) => length);
        return [head.version, head.bodyLength, scheme, port, ...lengths];
      }),
    ),
  );
  golden('requests', lines);
});

it('where a request leads, by the way in which it was dialled', () => {
  const ways = [
    undefined,
    { port: 9080 },
    { host: 'd', port: 82, authorityFor: (sent: string) => `<${sent}>` },
  ];
  const lines = ways.flatMap((dialled) =>
    requests.map((request) => said(() => requestTarget(parseRequestHead(request, 3), dialled))),
  );
  golden('targets', lines);
});

it('the blanks around values', () => {
  const values = ['', ' ', ' \t ', 'a', '  a b\t', '\xa0a\xa0', '\x0ba'];
  const heads = values.map((value) => `GET / HTTP/1.1\r\nA-b:${value}\r\nC:d`);
  golden(
    'values',
    heads.map((text) => said(() => parseRequestHead(text, 2).headers)),
  );
});

it('the beginning of a request of which any one character is changed', () => {
  const beginnings = ['GET /a', 'OPTIONS * HTTP/1.1\r', 'GET / HTTP/1.0\r\nHo', 'QUERY / HTTP/1.1\r\n'];
  golden(
    'beginnings',
    beginnings.flatMap((beginning) =>
      outcomes(beginning, (text) => said(() => checkRequestStart(text) ?? 'goes on')),
    ),
  );
});

const responses: ReadonlyArray<[text: string, method: string]> = [
  ['HTTP/1.1 200 OK\r\nContent-Length: 9', 'GET'],
  ['HTTP/1.0 200\r\nConnection: keep-alive\r\ncontent-length: 1', 'GET'],
  ['HTTP/1.1 404 Not Found\r\nConnection: x, close', 'GET'],
  ['HTTP/1.1 304 Not Modified\r\ncontent-length: 9', 'GET'],
  ['HTTP/1.1 204 No Content\r\ncontent-length: 0', 'GET'],
  ['HTTP/1.1 101 Switching\r\nupgrade: x', 'GET'],
  ['HTTP/1.1 199 x\r\ntransfer-encoding: chunked', 'GET'],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked', 'HEAD'],
];

it('an answer of which any one character is changed', () => {
  const lines = responses.flatMap(([response, method]) =>
    outcomes(response, (text) =>
      said(() => {
        const { status, headers, bodyLength, hasBody, keepAlive } = parseResponseHead(text, method, 2);
        return [status, headers.names.length, bodyLength, hasBody, keepAlive];
      }),
    ),
  );
  golden('responses', lines);
});

/** What of a text is a body, and what follows it, fed from an index on. */
function decoded(framing: Framing, text: string): unknown {
  const told: string[] = [];
  const decoder = new BodyDecoder(framing, {
    onData: (data) => told.push(data.toString('latin1')),
    onEnd: (trailers) => told.push(`end ${trailers.join(' ')}`),
  });
  const bytes = Buffer.from(`before${text}`, 'latin1');
  const end = decoder.feed(bytes, 6);
  const { done } = decoder;
  return [...told, bytes.toString('latin1', end), done, decoder.finish(), told.length];
}

it('a body of which any one character is changed', () => {
  const bodies: ReadonlyArray<[framing: Framing, text: string]> = [
    [{ kind: 'chunked' }, '3;a="b"\r\nabc\r\n0A \r\n0123456789\r\n0\r\nSum: 1\r\nHost: x\r\n\r\nGET'],
    [{ kind: 'length', length: 3 }, 'abcd'],
    [{ kind: 'length', length: 0 }, 'ab'],
    [{ kind: 'until-close' }, 'ab'],
    [{ kind: 'none' }, 'ab'],
  ];
  golden(
    'bodies',
    bodies.flatMap(([framing, body]) => [
      JSON.stringify(framing),
      ...outcomes(body, (text) => said(() => decoded(framing, text))),
    ]),
  );
});

it('lines and headers at their limits', () => {
  const chunk = (length: number) =>
    said(() => decoded({ kind: 'chunked' }, `1;${'x'.repeat(length - 4)}\r\na\r\n0\r\n\r\n`));
  const trailer = (length: number) =>
    said(() => decoded({ kind: 'chunked' }, `0\r\na:${'x'.repeat(length - 2)}\r\n\r\n`)).length;
  const headers = (count: number) =>
    said(() => parseRequestHead(['GET / HTTP/1.1', ...Array(count).fill('a: b')].join('\r\n'), 3));
  const length = (digits: number) =>
    said(() => parseResponseHead(`HTTP/1.1 200 OK\r\ncontent-length: 00${'9'.repeat(digits)}`, 'GET', 1));
  golden('limits', [
    ...[4095, 4096, 4097].map(chunk),
    ...[61_437, 61_438, 61_439, 61_440, 61_441].map((at) => `${at}: ${trailer(at)}`),
    ...[0, 1, 3, 4].map(headers),
    ...[1, 14, 15, 16].map(length),
  ]);
});
