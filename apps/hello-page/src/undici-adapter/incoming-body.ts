import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';

/** How many bytes may wait for a reader before the server is asked to pause. */
const HIGH_WATER_MARK = 64 * 1024;

type Sink = { push(chunk: Buffer): void; end(): void; fail(error: Error): void };

/**
 * The body of an answer as it arrives. It is collected, streamed or thrown away; what comes before the choice waits.
 * Collecting goes without a stream: that is most of the gain for small answers.
 */
export class IncomingBody {
  private controller: Dispatcher.DispatchController | undefined;
  private waiting: Buffer[] = [];
  private outcome: 'end' | Error | undefined;
  private sink: Sink | undefined;

  /** The request has a connection. */
  attach(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
  }

  /** Stops the transfer: the connection is closed. */
  abort(reason: Error): void {
    this.controller?.abort(reason);
  }

  push(chunk: Buffer): void {
    if (this.sink === undefined) this.waiting.push(chunk);
    else this.sink.push(chunk);
  }

  end(): void {
    this.outcome = 'end';
    this.sink?.end();
  }

  fail(error: Error): void {
    this.outcome ??= error;
    this.sink?.fail(error);
  }

  /** Reads to the end and forgets it, so that the connection can be used again. */
  discard(): void {
    this.flowInto({ push: () => undefined, end: () => undefined, fail: () => undefined });
  }

  /** All of it. @param onOverflow makes the error when more than `limit` bytes come; a negative limit is none */
  collect(limit: number, onOverflow: () => Error): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      this.flowInto({
        push: (chunk) => {
          chunks.push(chunk);
          size += chunk.length;
          if (limit < 0 || size <= limit) return;
          const error = onOverflow();
          reject(error);
          this.abort(error);
        },
        end: () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
        fail: reject,
      });
    });
  }

  /** A stream of it, with back-pressure to the server. */
  stream(): Readable {
    const readable = new Readable({
      highWaterMark: HIGH_WATER_MARK,
      read: () => this.controller?.resume(),
      destroy: (error, done) => {
        if (this.outcome === undefined)
          this.abort(error ?? new Error('The stream was closed before its end'));
        done(error);
      },
    });
    this.flowInto({
      push: (chunk) => {
        if (!readable.push(chunk)) this.controller?.pause();
      },
      end: () => readable.push(null),
      fail: (error) => readable.destroy(error),
    });
    return readable;
  }

  private flowInto(sink: Sink): void {
    this.sink = sink;
    for (const chunk of this.waiting.splice(0)) sink.push(chunk);
    if (this.outcome === 'end') sink.end();
    else if (this.outcome !== undefined) sink.fail(this.outcome);
  }
}
