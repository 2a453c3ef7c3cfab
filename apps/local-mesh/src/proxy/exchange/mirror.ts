import type { Mirror } from '@grayscale/traffic-rules';
import type { OutgoingRequest } from '../message/request.js';
import type { ResponseHead } from '../message/response.js';
import type { Host, Protocol } from '../upstream/host.js';
import { Attempt, type AttemptOwner } from './attempt.js';
import { isGrpcCall } from './grpc.js';
import { chooser } from './plan.js';
import type { BodySource } from './request-body.js';
import type { RequestContext } from './request-context.js';

/** A copy whose server never answers is given up after this. */
const answerLimitMs = 60_000;

/** A copy of a request, sent beside it. Nothing that happens to it reaches the client: a slow or dead mirror is dropped. */
export class Mirroring implements AttemptOwner {
  readonly #attempt: Attempt;
  readonly #timer: NodeJS.Timeout;

  /**
   * Undefined when the draw or the lack of a server says so. Throws UnsendableHead.
   * @param request as the first try sends it
   */
  static draw(context: RequestContext, mirror: Mirror, request: OutgoingRequest): Mirroring | undefined {
    if (context.runtime.random() * 100 >= mirror.percentage || mirror.cluster === undefined) return undefined;
    const { next, protocol } = chooser(context, mirror.cluster, {
      authority: context.target.authority,
    });
    const host = next();
    return host && new Mirroring(context, host, protocol, request);
  }

  private constructor(context: RequestContext, host: Host, protocol: Protocol, request: OutgoingRequest) {
    const { localAddress } = context.client;
    this.#attempt = new Attempt(host, this, {
      protocol,
      request: {
        ...request,
        headers: [...request.headers, 'x-envoy-internal', 'true', 'x-forwarded-for', localAddress],
      },
      isCall: isGrpcCall(context.head.headers),
      perTryTimeoutMs: 0,
      body: context.body,
      source: new Impatient(() => this.#end()),
    });
    this.#timer = setTimeout(() => this.#end(), answerLimitMs).unref();
    this.#attempt.start();
  }

  /** A request that the client did not finish cannot be finished here either. */
  onClientGone(): void {
    this.#end();
  }

  onUpstream(): void {}
  onRequestEnd(): void {}
  onInformational(): void {}
  onHead(): void {}
  onData(): void {}
  onFlush(): void {}

  onEnd(): void {
    clearTimeout(this.#timer);
  }

  onUpgrade(_head: ResponseHead, socket: { destroy(): void }): void {
    clearTimeout(this.#timer);
    socket.destroy();
  }

  onFailure(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#attempt.cancel();
  }
}

/** A mirror that cannot keep up is dropped rather than waited for. */
class Impatient implements BodySource {
  constructor(private readonly giveUp: () => void) {}
  pauseBody(): void {
    this.giveUp();
  }
  resumeBody(): void {}
}
