import type { Socket } from 'node:net';
import { BodyDecoder } from '../http1/body-decoder.js';
import { writeBody, writeLastChunk } from '../http1/body-encoder.js';
import { HeadReader } from '../http1/head-reader.js';
import type { EncodedRequest } from '../http1/message-encoder.js';
import { OutputBuffer } from '../http1/output-buffer.js';
import { type Http1ResponseHead, parseResponseHead } from '../http1/response-head.js';
import { MalformedMessage } from '../message/malformed-message.js';
import type { StreamHandler, UpstreamStream } from './stream.js';

const maxResponseHeadBytes = 80 * 1024;
const maxResponseHeaders = 100;
const nothing = Buffer.alloc(0);

/** One HTTP/1.1 connection to one server, with at most one request at a time, whose stream it is then. */
export class Http1Connection implements UpstreamStream {
  readonly #output: OutputBuffer;
  readonly #heads = new HeadReader(maxResponseHeadBytes);
  #handler: StreamHandler | undefined;
  #request: EncodedRequest | undefined;
  #head: Http1ResponseHead | undefined;
  #body: BodyDecoder | undefined;
  #requestDone = false;
  #responseDone = false;
  #closed = false;
  /** When it became idle, and when the server said that it will close it; for the pool. */
  idleSince = 0;
  expiresAt = Number.POSITIVE_INFINITY;
  /** How many it has taken. */
  requests = 0;

  constructor(
    readonly socket: Socket,
    private readonly onIdle: (connection: Http1Connection) => void,
    private readonly onClosed: (connection: Http1Connection) => void,
  ) {
    this.#output = new OutputBuffer(socket);
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onLost);
    socket.on('error', this.#onLost);
    socket.on('drain', this.#onDrain);
  }

  get usable(): boolean {
    return !this.#closed && this.#handler === undefined;
  }

  /** Writes a request's head; the body follows through `write`, `end`. */
  start(request: EncodedRequest, handler: StreamHandler): void {
    this.requests++;
    this.#handler = handler;
    this.#request = request;
    this.#requestDone = false;
    this.#responseDone = false;
    this.#head = undefined;
    this.#output.text(request.head);
  }

  write(data: Buffer): boolean {
    writeBody(this.#output, data, this.#request?.chunked === true);
    return this.#output.flush();
  }

  /** The request is complete. */
  end(trailers: readonly string[]): void {
    if (this.#request?.chunked) writeLastChunk(this.#output, trailers);
    this.#output.flush();
    this.#requestDone = true;
  }

  flush(): void {
    this.#output.flush();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Ends the connection, with whatever request is on it. */
  cancel(): void {
    this.#handler = undefined;
    this.#close();
  }

  #onData = (chunk: Buffer): void => {
    // Bytes that nobody asked for: the server is confused, and so would the next request be.
    if (this.#handler === undefined || this.#responseDone) {
      this.#close();
      return;
    }
    try {
      this.#consume(chunk);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#fail('protocol');
    }
  };

  #consume(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#handler !== undefined && !this.#responseDone) {
      if (this.#body !== undefined) at = this.#body.feed(chunk, at);
      else {
        const text = this.#heads.read(chunk, at);
        if (text === undefined) {
          // A server that greets in another protocol waits for its client: no more would come.
          if (!'HTTP/1.'.startsWith(this.#heads.beginning('HTTP/1.'.length)))
            throw new MalformedMessage(400, 'http1.codec_error');
          break;
        }
        at = this.#heads.next;
        if (this.#takeHead(text, chunk.subarray(at))) return;
      }
      if (this.#body?.done) this.#responseDone = true;
    }
    this.#handler?.onFlush();
    if (!this.#responseDone) return;
    // An answer to half a request: Envoy gives the other half up.
    if (at < chunk.length || !this.#requestDone) this.#close();
    else this.#settle();
  }

  /** True when the connection is no longer ours. */
  #takeHead(text: string, rest: Buffer): boolean {
    const head = parseResponseHead(text, this.#request?.method ?? '', maxResponseHeaders);
    const handler = this.#handler as StreamHandler;
    if (head.status === 101) {
      this.#detach();
      handler.onUpgrade(head, this.socket, rest.length > 0 ? rest : nothing);
      return true;
    }
    if (head.status < 200) {
      handler.onInformational(head);
      return false;
    }
    this.#head = head;
    handler.onHead(head);
    if (this.#handler === undefined) return true;
    this.#body = new BodyDecoder(head.hasBody ? head.framing : { kind: 'none' }, handler);
    if (!head.hasBody || (head.framing.kind === 'length' && head.framing.length === 0)) {
      this.#responseDone = true;
      handler.onEnd([]);
    }
    return false;
  }

  /** Request and answer are both complete. */
  #settle(): void {
    const head = this.#head;
    this.#handler = undefined;
    this.#body = undefined;
    if (head === undefined || !head.keepAlive || this.#closed) {
      this.#close();
      return;
    }
    this.expiresAt = expiry(head);
    this.onIdle(this);
  }

  /** Half a head, and nothing more to come, is no HTTP. */
  #onEnd = (): void => this.#ended(this.#heads.started ? 'protocol' : 'termination');

  #onLost = (): void => this.#ended('termination');

  #ended(kind: 'termination' | 'protocol'): void {
    if (this.#closed) return;
    const handler = this.#handler;
    if (handler !== undefined && !this.#responseDone && this.#body?.finish()) {
      this.#responseDone = true;
      handler.onFlush();
    }
    if (this.#responseDone) this.#handler = undefined;
    this.#fail(kind);
  }

  #onDrain = (): void => {
    this.#handler?.onDrain();
  };

  #fail(kind: 'termination' | 'protocol'): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.#close();
    handler?.onFailure(kind);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.destroy();
    this.onClosed(this);
  }

  #detach(): void {
    this.#handler = undefined;
    this.#closed = true;
    this.socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onLost);
    this.socket.off('error', this.#onLost).off('drain', this.#onDrain);
    this.socket.pause();
    this.onClosed(this);
  }
}

/** `Keep-Alive: timeout=5`: Node's servers say so; a second is left for a request to get there. */
function expiry({ headers }: Http1ResponseHead): number {
  const index = headers.names.indexOf('keep-alive');
  if (index < 0) return Number.POSITIVE_INFINITY;
  const seconds = /timeout=([0-9]{1,6})/i.exec(headers.raw[2 * index + 1] as string);
  return seconds === null ? Number.POSITIVE_INFINITY : Date.now() + (Number(seconds[1]) - 1) * 1000;
}
