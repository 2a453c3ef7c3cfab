import { BodyDecoder } from './body-decoder.js';
import type { Framing } from './framing.js';

const chunked: Framing = { kind: 'chunked' };

/** Feeds a text in pieces of a size; what came out, and how many bytes of the text were the body's. */
function decode(framing: Framing, text: string, size = text.length) {
  const bytes = Buffer.from(text, 'latin1');
  let data = '';
  let trailers: readonly string[] | undefined;
  let taken = 0;
  const decoder = new BodyDecoder(framing, {
    onData: (part) => {
      data += part.toString('latin1');
    },
    onEnd: (found) => {
      trailers = found;
    },
  });
  for (let at = 0; at < bytes.length && !decoder.done; at += size) {
    const piece = bytes.subarray(at, at + size);
    taken += decoder.feed(piece, 0);
  }
  return { data, trailers, taken, done: decoder.done, finished: decoder.finish() };
}

describe.each([1, 2, 7, 1_000_000])('a body that comes in pieces of %i bytes', (size) => {
  it('of a given length ends there: what follows is not its', () => {
    expect(decode({ kind: 'length', length: 5 }, 'helloGET /', size)).toEqual({
      data: 'hello',
      trailers: [],
      taken: 5,
      done: true,
      finished: true,
    });
  });

  it('in chunks has extensions and trailers', () => {
    const text = '5;a=b\r\nhello\r\n00c\r\n, whole text\r\n0\r\nx-sum: 1\r\nX-Other: 2\r\n\r\n';
    expect(decode(chunked, `${text}GET`, size)).toMatchObject({
      data: 'hello, whole text',
      trailers: ['x-sum', '1', 'x-other', '2'],
      taken: text.length,
      done: true,
    });
  });

  it.each([
    ['a chunk longer than it says', '5\r\nhello!\r\n'],
    ['a size that is none', 'g\r\n'],
    ['a size with a sign', '-5\r\n'],
    ['a size of 13 digits', '1000000000000\r\n'],
    ['a line that ends with LF alone', '5\nhello\r\n'],
    ['a control character in an extension', '5;a\0\r\n'],
    ['an extension without end', `5;${'a'.repeat(5000)}`],
  ])('in chunks is refused with %s', (_, text) => {
    expect(() => decode(chunked, text, size)).toThrow(
      expect.objectContaining({ status: 400, details: 'http1.codec_error' }),
    );
  });

  it('has trailers of 60 kB at the most, however many lines they are', () => {
    const trailers = (lines: number) => `0\r\n${`x-a: ${'a'.repeat(1019)}\r\n`.repeat(lines)}\r\n`;
    expect(decode(chunked, trailers(60), size).done).toBe(true);
    expect(() => decode(chunked, trailers(61), size)).toThrow(
      expect.objectContaining({ status: 431, details: 'http1.trailers_too_large' }),
    );
  });
});

it.each<[string, Framing, string, boolean]>([
  ['without a length is complete', { kind: 'until-close' }, 'hello', true],
  ['shorter than its length is not', { kind: 'length', length: 6 }, 'hello', false],
  ['without its last chunk is not', chunked, '5\r\nhello\r\n', false],
])('a body whose connection ends: %s', (_, framing, text, finished) => {
  expect(decode(framing, text)).toMatchObject({ data: 'hello', finished });
});
