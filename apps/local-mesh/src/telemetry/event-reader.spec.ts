import { PassThrough } from 'node:stream';
import { EventReader, serializeEvent } from './event-reader.js';

const event = serializeEvent('decision', JSON.stringify('x'.repeat(1000)));

function textOf(stream: PassThrough): string {
  return (stream.read() as Buffer | null)?.toString() ?? '';
}

describe('a reader of the event stream', () => {
  it('gets all events, in order, when it keeps up', () => {
    const stream = new PassThrough({ highWaterMark: 1 << 20 });
    const reader = new EventReader(stream);
    reader.offer('a');
    reader.offer('b');
    reader.flush();
    reader.insist('c');
    expect(textOf(stream)).toBe('abc');
  });

  it('costs a bounded amount when it does not read, and is told how many it missed', () => {
    const stream = new PassThrough({ highWaterMark: 1024 });
    const reader = new EventReader(stream);
    for (let index = 0; index < 10_000; index += 1) {
      reader.offer(event);
      reader.flush();
    }
    expect(stream.writableLength + stream.readableLength).toBeLessThan(16 * 1024);
    let text = '';
    for (let part = textOf(stream); part !== ''; part = textOf(stream)) {
      text += part;
      reader.flush();
    }
    const got = text.split('event: decision').length - 1;
    const missed = [...text.matchAll(/event: dropped\ndata: \{"count":(\d+)\}/g)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    expect(missed).toBeGreaterThan(9000);
    expect(got + missed).toBe(10_000);
  });

  it('gets the newest rules even when it was too slow for decisions', () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const reader = new EventReader(stream);
    reader.insist('old ');
    reader.offer('decision ');
    reader.insist('newer ');
    reader.insist('newest ');
    let text = '';
    for (let part = textOf(stream); part !== ''; part = textOf(stream)) {
      text += part;
      reader.flush();
    }
    expect(text).toBe(`old newest ${serializeEvent('dropped', '{"count":2}')}`);
  });
});
