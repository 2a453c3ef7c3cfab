import type { Socket } from 'node:net';
import { addressText } from '../address.js';
import type { EncodedRequest } from '../http1/message-encoder.js';
import type { ResponseHead } from '../http1/response-head.js';
import type { ResponseHandler, UpstreamConnection } from '../upstream/upstream-connection.js';
import type { ConnectFailure, Destination, UpstreamHost, UpstreamPool } from '../upstream/upstream-pool.js';
import type { BodyReader, BodySource, RequestBody } from './request-body.js';

export type AttemptFailure = ConnectFailure | 'termination' | 'protocol' | 'per-try-timeout';

/** What an attempt tells to whoever started it. */
export interface AttemptOwner {
  onUpstream(host: string): void;
  /** The request was sent to its end. */
  onRequestEnd(): void;
  onInformational(head: ResponseHead): void;
  /** False: the owner does not want the answer and has ended the attempt. */
  onHead(head: ResponseHead, serviceTimeMs: number): boolean;
  onData(data: Buffer): void;
  onFlush(): void;
  onEnd(trailers: readonly string[]): void;
  onUpgrade(head: ResponseHead, socket: Socket, rest: Buffer): void;
  onFailure(failure: AttemptFailure): void;
}

export interface AttemptRequest {
  encoded: EncodedRequest;
  /** 0: none. */
  perTryTimeoutMs: number;
  body: RequestBody;
  /** Held back while the upstream takes no more. */
  source: BodySource;
}

/** One try at one server. */
export class Attempt implements ResponseHandler, BodyReader {
  readonly #host: UpstreamHost;
  #connection: UpstreamConnection | undefined;
  #cancelConnect: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  #over = false;

  constructor(
    private readonly pool: UpstreamPool,
    destination: Destination,
    private readonly owner: AttemptOwner,
    private readonly request: AttemptRequest,
  ) {
    this.#host = pool.host(destination);
  }

  start(): void {
    this.#host.active++;
    this.owner.onUpstream(addressText(this.#host.destination.address));
    this.#cancelConnect = this.pool.acquire(this.#host, {
      onConnected: (connection) => this.#send(connection),
      onFailure: (kind) => this.#fail(kind),
    });
    // Envoy counts the time to connect as well, once the request is complete.
    if (this.request.body.complete) this.#requestComplete();
  }

  /** Ends it; the owner hears nothing more. */
  cancel(): void {
    if (this.#over) return;
    this.#settle();
    this.#cancelConnect?.();
    this.#connection?.abort();
  }

  pauseResponse(): void {
    this.#connection?.pause();
  }

  resumeResponse(): void {
    this.#connection?.resume();
  }

  onBody(data: Buffer): void {
    this.#connection?.write(data);
    if (this.#connection?.flush() === false) this.request.source.pauseBody();
  }

  onBodyEnd(trailers: readonly string[]): void {
    this.#connection?.end(trailers);
    this.#requestComplete();
  }

  onDrain(): void {
    if (!this.request.body.complete) this.request.source.resumeBody();
  }

  onInformational(head: ResponseHead): void {
    this.owner.onInformational(head);
  }

  onHead(head: ResponseHead): void {
    clearTimeout(this.#timer);
    this.owner.onHead(head, Math.round(performance.now() - this.#sentAt));
  }

  onData(data: Buffer): void {
    if (!this.#over) this.owner.onData(data);
  }

  onFlush(): void {
    if (!this.#over) this.owner.onFlush();
  }

  onEnd(trailers: readonly string[]): void {
    if (this.#over) return;
    this.#settle();
    this.owner.onEnd(trailers);
  }

  onUpgrade(head: ResponseHead, socket: Socket, rest: Buffer): void {
    this.#settle();
    this.owner.onUpgrade(head, socket, rest);
  }

  onFailure(kind: 'termination' | 'protocol'): void {
    this.#fail(kind);
  }

  #send(connection: UpstreamConnection): void {
    this.#cancelConnect = undefined;
    this.#connection = connection;
    this.#sentAt = performance.now();
    const { encoded, body } = this.request;
    connection.start(encoded, this);
    // With a body that is still to come, the head goes ahead: the server may answer `100 Continue`.
    if (!body.complete) connection.flush();
    body.read(this);
  }

  #requestComplete(): void {
    this.owner.onRequestEnd();
    const { perTryTimeoutMs } = this.request;
    if (perTryTimeoutMs > 0 && this.#timer === undefined && !this.#over) {
      this.#timer = setTimeout(() => {
        this.cancel();
        this.owner.onFailure('per-try-timeout');
      }, perTryTimeoutMs);
    }
  }

  #fail(kind: AttemptFailure): void {
    if (this.#over) return;
    this.#settle();
    this.owner.onFailure(kind);
  }

  #settle(): void {
    this.#over = true;
    this.#host.active--;
    clearTimeout(this.#timer);
    this.request.body.stop(this);
  }
}
