import { expectGolden } from '../../../../../tools/golden/golden.js';
import type { HttpVersion } from '../message/request.js';
import { UnsendableHead } from '../message/sendable.js';
import { encodeRequest, encodeResponse, encodeTrailers } from './message-encoder.js';
import type { OutputBuffer } from './output-buffer.js';
import { Http1ResponseWriter } from './response-writer.js';

const golden = (name: string, lines: readonly string[]) =>
  expectGolden(new URL(`../../../test/golden/http1-${name}.txt`, import.meta.url), lines);

const headerLists: ReadonlyArray<readonly string[]> = [
  [],
  ['a', 'b', 'Content-Length', '7', 'content-length', '8'],
  ['Connection', 'upgrade', 'Upgrade', 'x', 'Proxy-Connection', 'y', 'Transfer-Encoding', 'gzip'],
  ['a b', 'c'],
  ['a', 'b\n'],
];
const lengths = [undefined, 0, 5];

function written(write: () => string): string {
  try {
    return JSON.stringify(write());
  } catch (error) {
    if (!(error instanceof UnsendableHead)) throw error;
    return error.message;
  }
}

it('the head of each kind of request', () => {
  const lines = ['GET', 'HEAD', 'DELETE', 'TRACE', 'CONNECT', 'POST', 'OPTIONS'].flatMap((method) =>
    lengths.flatMap((bodyLength) =>
      [false, true].flatMap((untouched) =>
        headerLists.map((headers) => {
          const request = {
            method,
            scheme: 'http',
            authority: 'a:1',
            path: '/x',
            headers,
            bodyLength,
            untouched,
          } as const;
          return written(() => {
            const { head, chunked } = encodeRequest(request);
            return `${chunked ? 'chunked ' : ''}${head}`;
          });
        }),
      ),
    ),
  );
  golden('written-requests', lines);
});

it('each kind of answer, with its body', () => {
  const versions: readonly HttpVersion[] = ['1.0', '1.1'];
  const lines = [100, 101, 200, 204, 304, 503].flatMap((status) =>
    lengths.flatMap((bodyLength) =>
      versions.flatMap((version) =>
        ['GET', 'HEAD'].flatMap((method) =>
          headerLists.map((headers) => {
            const answer = answerOf(
              { status, bodyLength, headers, close: status === 503 },
              { method, version },
            );
            return `${status} ${version} ${method} ${bodyLength}: ${answer}`;
          }),
        ),
      ),
    ),
  );
  golden('written-answers', lines);
});

function answerOf(
  response: Parameters<typeof encodeResponse>[0],
  request: Parameters<typeof encodeResponse>[1],
): string {
  let text = '';
  const output = {
    text: (part: string) => {
      text += part;
    },
    bytes: (part: Buffer) => {
      text += part;
    },
    flush: () => {
      text += '|';
      return true;
    },
  } as unknown as OutputBuffer;
  const writer = new Http1ResponseWriter(output, request);
  return written(() => {
    writer.informational(103, ['link', 'x', 'content-length', '1']);
    writer.head(response);
    for (const part of ['', 'abc', 'de']) writer.data(Buffer.from(part));
    writer.end(['Sum', '1', 'host', 'x']);
    return `${text} ${writer.status} ${writer.bytesSent} ${writer.announcedClose} ${writer.flush()}`;
  });
}

it('trailers', () => {
  const lists = [
    [],
    ['a', ''],
    ['A', 'b', 'a', 'c'],
    ['content-length', '1', 'x', 'y'],
    ['a b', 'c'],
    ['a', '\0'],
  ];
  golden(
    'written-trailers',
    lists.map((list) => written(() => encodeTrailers(list))),
  );
});
