import type { Mirror } from '@grayscale/traffic-rules';
import { requestFramingOf } from '../headers/outgoing-framing.js';
import { encodeRequest } from '../http1/message-encoder.js';
import type { ResponseHead } from '../http1/response-head.js';
import { Attempt, type AttemptOwner } from './attempt.js';
import { chooser, type Plan } from './plan.js';
import type { BodySource } from './request-body.js';
import type { RequestContext } from './request-context.js';

/** A copy whose server never answers is given up after this. */
const answerLimitMs = 60_000;

/** A copy of a request, sent beside it. Nothing that happens to it reaches the client: a slow or dead mirror is dropped. */
export class Mirroring implements AttemptOwner {
  #attempt: Attempt | undefined;
  #timer: NodeJS.Timeout;

  /** Undefined when the draw or the lack of a server says so. */
  static draw(context: RequestContext, plan: Plan, mirror: Mirror, headers: string[]): Mirroring | undefined {
    if (context.runtime.random() * 100 >= mirror.percentage || mirror.cluster === undefined) return undefined;
    const destination = chooser(context, mirror.cluster, false).next();
    if (destination === undefined) return undefined;
    return new Mirroring(context, plan, destination, headers);
  }

  private constructor(
    context: RequestContext,
    plan: Plan,
    destination: NonNullable<ReturnType<Plan['next']>>,
    headers: string[],
  ) {
    const { method, framing } = context.head;
    this.#attempt = new Attempt(context.runtime.pool, destination, this, {
      encoded: encodeRequest({
        method,
        path: plan.path,
        authority: plan.authority,
        headers: [...headers, 'x-envoy-internal', 'true', 'x-forwarded-for', ownAddress(context)],
        framing: requestFramingOf(headers, method, framing),
      }),
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
  onHead(_head: ResponseHead): boolean {
    return true;
  }
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
    this.#attempt?.cancel();
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

function ownAddress({ client }: RequestContext): string {
  return client.localAddress;
}
