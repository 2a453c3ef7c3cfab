import type { ServerHttp2Stream } from 'node:http2';
import type { OutgoingResponse } from '../message/response.js';
import { encodeResponse, encodeTrailers } from './message-encoder.js';

/** Writes one answer to a stream and counts it. */
export class Http2ResponseWriter {
  status = 0;
  bytesSent = 0;
  /** A stream ends with its answer, the connection does not. */
  readonly announcedClose = false;
  #ended = false;

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly method: string,
  ) {}

  informational(status: number, headers: readonly string[]): void {
    const list = encodeResponse({ status, headers, bodyLength: undefined });
    if (!this.#isOpen) return;
    // These are taken as an object only.
    const { ':status': _, ...rest } = Object.fromEntries(pairs(list));
    this.stream.additionalHeaders({ ':status': status, ...rest });
  }

  head({ status, headers, bodyLength }: OutgoingResponse): void {
    const list = encodeResponse({ status, headers, bodyLength });
    this.status = status;
    this.#ended = bodyLength === 0 || this.method === 'HEAD' || status === 204 || status === 304;
    if (!this.#isOpen) return;
    // Waiting for trailers, a stream that is reset is not ended before: half an answer never looks whole.
    this.stream.respond(list, this.#ended ? { endStream: true } : { waitForTrailers: true });
  }

  data(data: Buffer): void {
    if (this.#ended || data.length === 0 || !this.#isOpen) return;
    this.bytesSent += data.length;
    this.stream.write(data);
  }

  end(trailers: readonly string[]): void {
    if (this.#ended || !this.#isOpen) return;
    this.#ended = true;
    const { stream } = this;
    stream.once('wantTrailers', () => stream.sendTrailers(encodeTrailers(trailers)));
    stream.end();
  }

  flush(): boolean {
    return !this.stream.writableNeedDrain;
  }

  /** The client may have reset it a moment ago. */
  get #isOpen(): boolean {
    return !this.stream.destroyed && !this.stream.closed;
  }
}

function* pairs(list: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < list.length; i += 2) yield [list[i] as string, list[i + 1] as string];
}
