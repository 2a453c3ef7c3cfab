import { type ClientHttp2Stream, type ClientSessionRequestOptions, constants } from 'node:http2';
import { decodeResponse } from '../http2/message-decoder.js';
import { encodeTrailers } from '../http2/message-encoder.js';
import type { OutgoingRequest } from '../message/request.js';
import type { ResponseHead } from '../message/response.js';
import type { Http2Connection } from './http2-connection.js';
import type { StreamFailure, StreamHandler, UpstreamStream } from './stream.js';

/** What says so to a CONNECT with a protocol (RFC 8441); HTTP/1.1 has 101 for it. */
const switched = 200;
const nothing = Buffer.alloc(0);
const flagEndStream = constants.NGHTTP2_FLAG_END_STREAM;

/** A request in HTTP/2, that may still be waiting for its connection. */
export class Http2Stream implements UpstreamStream {
  #stream: ClientHttp2Stream | undefined;
  #trailers: readonly string[] = [];
  #isOver = false;
  /** END_STREAM has come. */
  #isComplete = false;
  /** Bytes of the body that are still to come; undefined: nobody has said how many. */
  #toCome: number | undefined;

  constructor(
    /** Names and values in turn, pseudo-headers first. */
    private readonly list: readonly string[],
    private readonly request: Pick<OutgoingRequest, 'method' | 'bodyLength' | 'upgrade'>,
    private readonly handler: StreamHandler,
    private readonly forget: (stream: Http2Stream) => void,
  ) {}

  start(connection: Http2Connection): void {
    const stream = connection.open(this.list, this.#options);
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
    const head = this.#decode(raw, flags);
    const { upgrade } = this.request;
    if (upgrade !== undefined && head.status === switched && !this.#isComplete) {
      this.#isOver = true;
      this.handler.onUpgrade(switchedHead(head, upgrade), stream, nothing);
      return;
    }
    this.#toCome = this.#isComplete ? 0 : head.bodyLength;
    this.handler.onHead(head);
    if (this.#isOver) return;
    stream.on('data', (data: Buffer) => {
      if (this.#isOver) return;
      if (this.#toCome !== undefined) this.#toCome -= data.length;
      this.handler.onData(data);
      if (!this.#isOver) this.handler.onFlush();
    });
    stream.on('end', () => this.#onEnd(stream));
  }

  #onEnd(stream: ClientHttp2Stream): void {
    // A reset ends it as well, but does not complete the answer; `close` tells of it.
    if (this.#isOver || (!this.#isComplete && (stream.rstCode !== 0 || stream.destroyed))) return;
    // One with NO_ERROR looks like an end. Half a body would leave a client of HTTP/1.1 waiting for the rest in the next answer.
    if ((this.#toCome ?? 0) > 0) return;
    this.#isOver = true;
    this.handler.onEnd(this.#trailers);
    // An answer to half a request: the other half is given up.
    if (!stream.writableFinished) stream.close(constants.NGHTTP2_CANCEL);
  }

  /** Trailers may follow a body; what another protocol sends has none. */
  get #options(): ClientSessionRequestOptions {
    if (this.request.upgrade !== undefined) return { endStream: false };
    return this.request.bodyLength === 0 ? { endStream: true } : { waitForTrailers: true };
  }

  #decode(raw: readonly string[], flags: number) {
    return decodeResponse(raw, (flags & flagEndStream) !== 0, this.request.method === 'HEAD');
  }
}

/** As a client of HTTP/1.1 is told of it. */
function switchedHead({ headers }: ResponseHead, upgrade: string): ResponseHead {
  const raw = [...headers.raw, 'upgrade', upgrade, 'connection', 'upgrade'];
  return { status: 101, headers: { raw, names: [...headers.names, 'upgrade', 'connection'] }, bodyLength: 0 };
}

/** nghttp2's own findings come as ERR_HTTP2_ERROR: what came is no HTTP/2. */
function failureOf(
  { rstCode }: ClientHttp2Stream,
  connection: Http2Connection,
  error: NodeJS.ErrnoException | undefined,
): StreamFailure {
  if (error?.code === 'ERR_HTTP2_ERROR' || rstCode === constants.NGHTTP2_PROTOCOL_ERROR) return 'protocol';
  if (rstCode === constants.NGHTTP2_REFUSED_STREAM) return 'refused-stream';
  return connection.isLost ? 'termination' : 'reset';
}
