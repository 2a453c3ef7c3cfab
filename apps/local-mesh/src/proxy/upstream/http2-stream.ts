import { type ClientHttp2Stream, constants } from 'node:http2';
import { decodeResponse } from '../http2/message-decoder.js';
import { encodeTrailers } from '../http2/message-encoder.js';
import type { OutgoingRequest } from '../message/request.js';
import type { Http2Connection } from './http2-connection.js';
import type { StreamFailure, StreamHandler, UpstreamStream } from './stream.js';

const flagEndStream = constants.NGHTTP2_FLAG_END_STREAM;

/** A request in HTTP/2, that may still be waiting for its connection. */
export class Http2Stream implements UpstreamStream {
  #stream: ClientHttp2Stream | undefined;
  #trailers: readonly string[] = [];
  #isOver = false;
  /** END_STREAM has come. */
  #isComplete = false;

  constructor(
    /** Names and values in turn, pseudo-headers first. */
    private readonly list: readonly string[],
    private readonly request: Pick<OutgoingRequest, 'method' | 'bodyLength'>,
    private readonly handler: StreamHandler,
    private readonly forget: (stream: Http2Stream) => void,
  ) {}

  start(connection: Http2Connection): void {
    const stream = connection.open(this.list, this.request.bodyLength === 0);
    this.#stream = stream;
    stream.on('headers', (_headers, flags, raw: string[]) => {
      if (!this.#isOver) this.handler.onInformational(this.#decode(raw, flags));
    });
    stream.on('response', (_headers, flags, raw: string[]) => this.#onHead(raw, flags));
    stream.on('trailers', (_headers, _flags, raw: string[]) => {
      this.#trailers = raw;
      this.#isComplete = true;
    });
    stream.on('drain', () => {
      if (!this.#isOver) this.handler.onDrain();
    });
    let error: NodeJS.ErrnoException | undefined;
    stream.on('error', (one) => {
      error = one;
    });
    stream.on('close', () => this.fail(failureOf(stream, connection, error)));
    this.handler.onConnected(this);
  }

  fail(kind: StreamFailure): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.handler.onFailure(kind);
  }

  write(data: Buffer): boolean {
    return this.#stream?.write(data) ?? false;
  }

  end(trailers: readonly string[]): void {
    const stream = this.#stream;
    if (stream === undefined || this.request.bodyLength === 0) return;
    stream.once('wantTrailers', () => stream.sendTrailers(encodeTrailers(trailers)));
    stream.end();
  }

  /** The head is on its way already. */
  flush(): void {}

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#stream === undefined) this.forget(this);
    else this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #onHead(raw: readonly string[], flags: number): void {
    if (this.#isOver) return;
    this.#isComplete = (flags & flagEndStream) !== 0;
    const stream = this.#stream as ClientHttp2Stream;
    this.handler.onHead(this.#decode(raw, flags));
    if (this.#isOver) return;
    stream.on('data', (data: Buffer) => {
      if (this.#isOver) return;
      this.handler.onData(data);
      if (!this.#isOver) this.handler.onFlush();
    });
    stream.on('end', () => this.#onEnd(stream));
  }

  #onEnd(stream: ClientHttp2Stream): void {
    // A reset ends it as well, but is no end of the answer; `close` tells of it.
    if (this.#isOver || (!this.#isComplete && (stream.rstCode !== 0 || stream.destroyed))) return;
    this.#isOver = true;
    this.handler.onEnd(this.#trailers);
    // An answer to half a request: the other half is given up.
    if (!stream.writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #decode(raw: readonly string[], flags: number) {
    return decodeResponse(raw, (flags & flagEndStream) !== 0, this.request.method === 'HEAD');
  }
}

/** nghttp2's own findings come as ERR_HTTP2_ERROR: what came is no HTTP/2. */
function failureOf(
  { rstCode }: ClientHttp2Stream,
  connection: Http2Connection,
  error: NodeJS.ErrnoException | undefined,
): StreamFailure {
  if (error?.code === 'ERR_HTTP2_ERROR') return 'protocol';
  if (rstCode === constants.NGHTTP2_REFUSED_STREAM) return 'refused-stream';
  return connection.isLost ? 'termination' : 'reset';
}
