import fc from 'fast-check';
import { UnsendableHead } from '../message/sendable.js';
import { encodeRequest, encodeResponse, encodeTrailers } from './message-encoder.js';

const bodyLength = fc.constantFrom(0, 3, undefined);
const asked = { method: 'GET', version: '1.1' } as const;
/** Any text, and texts that are nearly headers. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'content-length',
    'Transfer-Encoding',
    'x-a',
    'a\r\nEvil: 1',
    '\u010a',
    '\u0d0a',
    'a\0',
    'x a',
    'chunked',
    '9',
  ),
);
const headers = fc.array(fc.tuple(text, text), { maxLength: 6 }).map((pairs) => pairs.flat());

const plain = {
  method: 'GET',
  scheme: 'http',
  path: '/',
  authority: 'a',
  headers: [],
  bodyLength: 0,
  untouched: false,
} as const;

/** The head, or undefined where it may not be sent. */
function sent(encode: () => string): string | undefined {
  try {
    return encode();
  } catch (error) {
    if (error instanceof UnsendableHead) return undefined;
    throw error;
  }
}

function linesNamed(head: string, name: string): string[] {
  return head.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name}:`));
}

describe('the one place in which heads are written', () => {
  it('never writes a line that is not one of the headers given, nor a character that is not a byte', () => {
    fc.assert(
      fc.property(headers, bodyLength, text, text, (list, bodyLength, path, authority) => {
        const request = { ...plain, path: `/${path}`, authority, headers: list, bodyLength };
        const response = { status: 200, headers: list, bodyLength, close: true };
        for (const head of [
          sent(() => encodeRequest(request).head),
          sent(() => encodeResponse(response, asked).head),
        ]) {
          if (head === undefined) continue;
          // A first line, a Host or `connection: close`, the headers, one for the framing, and the empty line with what follows it.
          expect(head.split('\r\n').length).toBeLessThanOrEqual(list.length / 2 + 5);
          expect(head).toMatch(/^[\t\r\n\x20-\x7e\x80-\xff]*\r\n\r\n$/);
          expect(head.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        }
      }),
    );
  });

  it('announces the body as it is framed, whatever the headers say', () => {
    fc.assert(
      fc.property(headers, bodyLength, (list, bodyLength) => {
        const response = { status: 200, headers: list, bodyLength, close: false };
        const head = sent(() => encodeResponse(response, asked).head);
        if (head === undefined) return;
        const isDeclared = list.some((text, i) => i % 2 === 0 && text.toLowerCase() === 'content-length');
        const isChunked = bodyLength === undefined || (bodyLength > 0 && !isDeclared);
        const lengths = linesNamed(head, 'content-length').map((line) => line.split(': ')[1]);
        expect(lengths).toEqual(isChunked ? [] : [String(bodyLength)]);
        expect(linesNamed(head, 'transfer-encoding')).toHaveLength(isChunked ? 1 : 0);
      }),
    );
  });

  it.each([
    ['header name', { headers: ['x a', 'b'] }, 'x a'],
    ['header value', { headers: ['x-a', 'b\r\nEvil: 1'] }, 'x-a'],
    ['header value', { headers: ['set-cookie', 'c="1"; Path=/\u010aEvil: 1'] }, 'set-cookie'],
    ['target', { path: '/a b' }, '/a b'],
    ['target', { path: '/a\r\nHost: x' }, '/a\r\nHost: x'],
    ['target', { path: 'noslash' }, 'noslash'],
    ['authority', { authority: 'a\r\nEvil: 1' }, 'a\r\nEvil: 1'],
    ['authority', { authority: 'a b' }, 'a b'],
  ])('refuses an invalid %s: %j', (part, wrong, shown) => {
    expect(() => encodeRequest({ ...plain, ...wrong })).toThrow(expect.objectContaining({ part, shown }));
  });

  it('lets trailers through the same gate', () => {
    expect(encodeTrailers(['X-Sum', '1'])).toBe('x-sum: 1\r\n');
    expect(() => encodeTrailers(['x-sum', '1\nx'])).toThrow(UnsendableHead);
  });
});
