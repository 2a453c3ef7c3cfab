import { HeadReader } from './head-reader.js';

const head = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

/** Reads a text in pieces of a size, from an offset in each piece on; the head, and what follows it in its piece. */
function read(text: string, { size = text.length, offset = 0, most = 1000 } = {}) {
  const reader = new HeadReader(most);
  for (let at = 0; at < text.length; at += size) {
    const piece = Buffer.from('.'.repeat(offset) + text.slice(at, at + size));
    const found = reader.read(piece, offset);
    if (found !== undefined)
      return { found, rest: piece.toString('latin1', reader.next), more: reader.started };
  }
  return { begun: reader.beginning(4), more: reader.started };
}

describe.each([0, 5])('a head behind %i bytes of another message', (offset) => {
  it.each([1, 2, 3, 11, 1000])('comes in pieces of %i bytes', (size) => {
    const { found, more } = read(`${head}POST`, { size, offset });
    expect([found, more]).toEqual([head.slice(0, -4), false]);
  });

  it('is told from what follows it', () => {
    expect(read(`${head}POST`, { offset })).toMatchObject({ rest: 'POST' });
    expect(read(`${head}POST`, { size: head.length - 1, offset })).toMatchObject({ rest: 'POST' });
  });

  it('may stand behind empty lines, which do not count', () => {
    expect(read(`\r\n\r\n${head}`, { offset, most: head.length })).toMatchObject({
      found: head.slice(0, -4),
    });
  });

  it('may have so many bytes, and not one more', () => {
    for (const size of [1, 1000]) {
      expect(read(head, { offset, size, most: head.length })).toMatchObject({ found: head.slice(0, -4) });
      expect(() => read(head, { offset, size, most: head.length - 1 })).toThrow(
        expect.objectContaining({ status: 431 }),
      );
    }
  });

  it('that has not ended is begun', () => {
    expect(read('GET / HT', { offset })).toEqual({ begun: 'GET ', more: true });
    expect(read('\r\n', { offset })).toEqual({ begun: '', more: false });
  });

  it.each(['GET / HTTP/1.1\n', '\nGET', 'GET / HTTP/1.1\r\nhost: a\n\n'])(
    'whose lines end with LF alone is refused at once: %j',
    (text) => {
      expect(() => read(text, { offset })).toThrow(expect.objectContaining({ status: 400 }));
    },
  );
});
