import type { Duplex } from 'node:stream';
import { addressText } from '../address.js';
import type { OutgoingRequest } from '../message/request.js';
import type { ResponseHead } from '../message/response.js';
import { startTimer } from '../timer.js';
import type { Host, Protocol } from '../upstream/host.js';
import type { StreamFailure, StreamHandler, UpstreamStream } from '../upstream/stream.js';
import { statusForHealth } from './grpc.js';
import type { BodyReader, BodySource, RequestBody } from './request-body.js';

export type AttemptFailure = StreamFailure | 'per-try-timeout';

/** What an attempt reports to its starter. */
export interface AttemptOwner {
  onUpstream(host: string): void;
  /** The request was sent to its end. */
  onRequestEnd(): void;
  onInformational(head: ResponseHead): void;
  /** The owner ends the attempt where it does not want the answer. */
  onHead(head: ResponseHead, serviceTimeMs: number): void;
  onData(data: Buffer): void;
  onFlush(): void;
  onEnd(trailers: readonly string[]): void;
  onUpgrade(head: ResponseHead, socket: Duplex, rest: Buffer): void;
  onFailure(failure: AttemptFailure): void;
}

export interface AttemptOptions {
  protocol: Protocol;
  request: OutgoingRequest;
  /** Of gRPC. */
  isCall: boolean;
  /** 0: none. */
  perTryTimeoutMs: number;
  body: RequestBody;
  /** Held back while the upstream takes no more. */
  source: BodySource;
}

/** Failures that say nothing of the host. */
const ofNoHost: ReadonlySet<StreamFailure> = new Set(['overflow', 'loop', 'name-not-found']);

/** One try at one server. */
export class Attempt implements StreamHandler, BodyReader {
  #stream: UpstreamStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;
  #over = false;
  #answered = false;

  constructor(
    private readonly host: Host,
    private readonly owner: AttemptOwner,
    private readonly options: AttemptOptions,
  ) {}

  /** Throws UnsendableHead, and nothing is sent then. */
  start(): void {
    this.owner.onUpstream(addressText(this.host.address));
    if (!this.host.begin()) {
      this.#over = true;
      this.owner.onFailure('overflow');
      return;
    }
    const { protocol, request } = this.options;
    try {
      this.#stream = this.host.request(protocol, request, this);
    } catch (error) {
      this.#settle();
      throw error;
    }
    // Envoy counts the time to connect as well, once the request is complete.
    if (this.options.body.complete) this.#requestComplete();
  }

  /** Ends it; the owner hears nothing more. */
  cancel(): void {
    if (this.#over) return;
    this.#settle();
    this.#stream?.cancel();
  }

  /** Ends it because the time for it is over, which counts against the host as long as it has not answered. */
  expire(): void {
    if (!this.#over && !this.#answered) this.host.report('timeout');
    this.cancel();
  }

  pauseResponse(): void {
    this.#stream?.pause();
  }

  resumeResponse(): void {
    this.#stream?.resume();
  }

  onConnected(stream: UpstreamStream): void {
    this.#stream = stream;
    this.#sentAt = performance.now();
    const { body } = this.options;
    body.read(this);
    // With a body that is still to come, the head goes ahead: the server may answer `100 Continue`.
    if (!body.complete) stream.flush();
  }

  onBody(data: Buffer): void {
    if (this.#stream?.write(data) === false) this.options.source.pauseBody();
  }

  onBodyEnd(trailers: readonly string[]): void {
    this.#stream?.end(trailers);
    this.#requestComplete();
  }

  onDrain(): void {
    if (!this.options.body.complete) this.options.source.resumeBody();
  }

  onInformational(head: ResponseHead): void {
    this.owner.onInformational(head);
  }

  onHead(head: ResponseHead): void {
    clearTimeout(this.#timer);
    this.#answered = true;
    this.host.report({ status: statusForHealth(head, this.options.isCall) });
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

  onUpgrade(head: ResponseHead, socket: Duplex, rest: Buffer): void {
    this.#settle();
    this.owner.onUpgrade(head, socket, rest);
  }

  onFailure(kind: StreamFailure): void {
    if (this.#over) return;
    this.#settle();
    if (!ofNoHost.has(kind)) this.host.report(kind === 'timeout' ? 'timeout' : 'unreachable');
    this.owner.onFailure(kind);
  }

  #requestComplete(): void {
    if (this.#over) return;
    this.owner.onRequestEnd();
    const { perTryTimeoutMs } = this.options;
    if (perTryTimeoutMs > 0 && this.#timer === undefined) {
      this.#timer = startTimer(() => {
        this.expire();
        this.owner.onFailure('per-try-timeout');
      }, perTryTimeoutMs);
    }
  }

  #settle(): void {
    this.#over = true;
    this.host.end();
    clearTimeout(this.#timer);
    this.options.body.stop(this);
  }
}
