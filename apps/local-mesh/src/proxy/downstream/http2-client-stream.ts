import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Client } from '../exchange/client.js';
import type { ClientInfo } from '../exchange/client-info.js';
import { Exchange } from '../exchange/exchange.js';
import { RequestContext } from '../exchange/request-context.js';
import { decodeRequest } from '../http2/message-decoder.js';
import { Http2ResponseWriter } from '../http2/response-writer.js';
import { MalformedMessage } from '../message/malformed-message.js';
import { reasonPhrase } from '../message/reason-phrase.js';
import type { RequestHead } from '../message/request.js';
import type { Runtime } from '../runtime.js';
import { streamTarget } from '../target.js';
import { refusalHeaders, refusalRecord } from './refusal.js';

/** One stream of a client's: one request, and the answer to it. */
export class Http2ClientStream implements Client {
  readonly address: string;
  readonly localAddress: string;
  readonly tls: ClientInfo['tls'];
  #exchange: Exchange | undefined;
  #isRequestComplete = false;
  #trailers: readonly string[] = [];
  /** When something last moved; milliseconds of performance.now(). */
  #movedAt = performance.now();
  #bytesSeen = 0;
  #received = 0;
  #writer: Http2ResponseWriter | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly stream: ServerHttp2Stream,
    private readonly info: ClientInfo,
  ) {
    this.address = info.address;
    this.localAddress = info.localAddress;
    this.tls = info.tls;
    stream.on('drain', () => this.#exchange?.onClientDrain());
    stream.on('close', () => this.#exchange?.onClientGone());
    // What there is to say of it comes with `close`.
    stream.on('error', () => {});
  }

  start(raw: readonly string[], isComplete: boolean): void {
    this.#isRequestComplete = isComplete;
    try {
      this.#begin(raw, isComplete);
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error;
      this.#refuse(error);
    }
  }

  respond({ method }: RequestHead): Http2ResponseWriter {
    this.#writer = new Http2ResponseWriter(this.stream, method);
    return this.#writer;
  }

  pauseBody(): void {
    this.stream.pause();
  }

  resumeBody(): void {
    this.stream.resume();
  }

  /** What is left of the request is read and dropped: a reset could overtake the end of the answer, which would then look broken off. */
  finished(): void {
    if (!this.#isRequestComplete) this.stream.resume();
  }

  destroy(): void {
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** No protocol is changed to inside a stream: requests for it are not made here. */
  upgrade(): void {
    this.destroy();
  }

  enforceLimit(now: number, idleTimeoutMs: number): void {
    const bytes = this.#received + (this.#writer?.bytesSent ?? 0);
    if (bytes !== this.#bytesSeen) {
      this.#bytesSeen = bytes;
      this.#movedAt = now;
    } else if (idleTimeoutMs > 0 && now - this.#movedAt > idleTimeoutMs) this.#exchange?.onStreamIdle();
  }

  #begin(raw: readonly string[], isComplete: boolean): void {
    const decoded = decodeRequest(raw, isComplete);
    const { method, path, headers, bodyLength } = decoded;
    const head: RequestHead = { method, target: path, version: '2', headers, bodyLength };
    const target = streamTarget(decoded, this.info.dialled(false));
    const exchange = new Exchange(new RequestContext(this.runtime, this, head, target));
    this.#exchange = exchange;
    this.runtime.stats.requests++;
    this.runtime.stats.activeRequests++;
    if (isComplete) exchange.onEnd([]);
    else this.#readBody(exchange);
    exchange.start();
  }

  #readBody(exchange: Exchange): void {
    const { stream } = this;
    stream.on('trailers', (_headers, _flags, raw: string[]) => {
      this.#trailers = raw;
    });
    stream.on('data', (data: Buffer) => {
      this.#received += data.length;
      exchange.onData(data);
    });
    stream.on('end', () => {
      // A reset ends it as well, but does not complete the request.
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted) return;
      this.#isRequestComplete = true;
      exchange.onEnd(this.#trailers);
    });
  }

  #refuse({ status, emptyBody, details }: MalformedMessage): void {
    const body = emptyBody ? '' : reasonPhrase(status);
    const writer = new Http2ResponseWriter(this.stream, '');
    const headers = refusalHeaders(body, this.runtime.serverName);
    writer.head({ status, headers, bodyLength: body.length, close: false });
    writer.data(Buffer.from(body));
    writer.end([]);
    this.finished();
    this.runtime.stats.requests++;
    const record = refusalRecord(this.address, status, body.length, details);
    this.runtime.options.onComplete?.({ ...record, protocol: 'HTTP/2' });
  }
}
