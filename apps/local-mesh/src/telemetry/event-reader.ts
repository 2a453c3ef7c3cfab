import type { Writable } from 'node:stream';

/** What waits for one reader at most, in characters, beside what its socket holds. */
const maxWaiting = 256 * 1024;

/** One reader of the event stream. What it costs is bounded: decisions that it is too slow for are dropped and counted. */
export class EventReader {
  private waiting: string[] = [];
  private waitingLength = 0;
  private dropped = 0;

  constructor(private readonly stream: Writable) {}

  /** Queues an event that may be dropped. */
  offer(event: string): void {
    if (this.waitingLength + event.length > maxWaiting) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(event);
    this.waitingLength += event.length;
  }

  /** Replaces everything that waits by an event that counts more, unless the reader keeps up. */
  insist(event: string): void {
    this.flush();
    this.dropped += this.waiting.length;
    this.waiting = [event];
    this.waitingLength = event.length;
    this.flush();
  }

  /** Writes what waits, if the reader took what was written before. */
  flush(): void {
    if (this.stream.writableNeedDrain || this.stream.destroyed) return;
    if (this.dropped > 0) {
      this.waiting.push(serializeEvent('dropped', `{"count":${this.dropped}}`));
      this.dropped = 0;
    }
    if (this.waiting.length === 0) return;
    this.stream.write(this.waiting.join(''));
    this.waiting = [];
    this.waitingLength = 0;
  }
}

/** An event in the format of server-sent events, of JSON on one line. */
export function serializeEvent(name: string, json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
