import { type BodyReader, RequestBody } from './request-body.js';

class Source {
  paused = false;
  pauseBody(): void {
    this.paused = true;
  }
  resumeBody(): void {
    this.paused = false;
  }
}

class Reader implements BodyReader {
  seen: unknown[] = [];
  onBody(data: Buffer): void {
    this.seen.push(String(data));
  }
  onBodyEnd(trailers: readonly string[]): void {
    this.seen.push(trailers);
  }
}

describe("a request's body", () => {
  const source = new Source();
  let body: RequestBody;
  const push = (...parts: string[]) => {
    for (const part of parts) body.push(Buffer.from(part));
  };
  const read = () => {
    const reader = new Reader();
    body.read(reader);
    return reader;
  };

  beforeEach(() => {
    source.paused = false;
    body = new RequestBody(source, 4);
  });

  it('is counted, and complete with its end', () => {
    push('ab', 'c');
    expect([body.bytes, body.complete]).toEqual([3, false]);
    body.end([]);
    expect([body.bytes, body.complete]).toEqual([3, true]);
  });

  it('waits for a reader, holding the client back, and then goes on', () => {
    push('a');
    expect(source.paused).toBe(true);
    const reader = read();
    expect(source.paused).toBe(false);
    push('b');
    expect(source.paused).toBe(false);
    body.end(['x', '1']);
    expect(reader.seen).toEqual(['a', 'b', ['x', '1']]);
  });

  it('that is complete leaves the client as it is', () => {
    push('a');
    body.end(['x', '1']);
    expect(read().seen).toEqual(['a', ['x', '1']]);
    expect(source.paused).toBe(true);
  });

  it('goes to all who read, and to none who has stopped', () => {
    const [first, second] = [read(), read()];
    push('a');
    body.stop(first);
    push('b');
    body.stop(second);
    expect(source.paused).toBe(false);
    push('c');
    expect(source.paused).toBe(true);
    expect([first.seen, second.seen]).toEqual([['a'], ['a', 'b']]);
    expect(read().seen).toEqual(['a', 'b', 'c']);
  });

  it.each([
    [['abcd'], true],
    [['ab', 'cd'], true],
    [['abcde'], false],
    [['abc', 'de'], false],
  ])('can be read again as long as it is short: %j', (parts, expected) => {
    const first = read();
    push(...parts);
    expect(body.replayable).toBe(expected);
    expect(first.seen).toEqual(parts);
    expect(read().seen).toEqual(expected ? parts : []);
  });

  it('that is long is kept whole for its first reader alone', () => {
    push('abc', 'def');
    expect(body.replayable).toBe(true);
    expect(read().seen).toEqual(['abc', 'def']);
    expect(body.replayable).toBe(false);
    expect(read().seen).toEqual([]);
  });

  it('is not kept once nobody will read it again', () => {
    push('a');
    body.release();
    push('b');
    expect(body.replayable).toBe(false);
    expect([read().seen, body.bytes]).toEqual([[], 2]);
  });
});
