import { untouchedHeaders, withAttempt } from '../headers/request-headers.js';
import type { OutgoingRequest } from '../message/request.js';
import type { Answer } from './answer.js';
import { callTimeoutMs, isGrpcCall, timeoutText } from './grpc.js';
import type { Plan } from './plan.js';
import type { RequestContext } from './request-context.js';

/** What is sent of one request: the same for each try, but for the headers that number it and limit it. */
export class OutgoingRequests {
  /** Of gRPC: it may bring a limit of its own, and is told what is left of it. */
  readonly isCall: boolean;
  /** Of the whole answer, in milliseconds; 0: none. */
  readonly timeoutMs: number;
  /** Names and values in turn. */
  readonly #headers: readonly string[];

  constructor(
    private readonly context: RequestContext,
    private readonly plan: Plan,
    private readonly answer: Answer,
  ) {
    const { headers } = context.head;
    const { untouched, shape } = plan;
    this.#headers = untouched ? untouchedHeaders(headers, context) : context.headers.list;
    this.isCall = !untouched && isGrpcCall(headers);
    this.timeoutMs = this.isCall
      ? shorterLimit(shape.timeoutMs, callTimeoutMs(headers) ?? 0)
      : shape.timeoutMs;
  }

  /**
   * @param attempt counted from 1
   * @param limitMs how long that try may take; 0: for ever
   */
  ofTry(attempt: number, limitMs: number): OutgoingRequest {
    const { head, target, upgrade } = this.context;
    const { shape, untouched } = this.plan;
    return {
      method: head.method,
      scheme: target.scheme,
      authority: shape.authority,
      path: shape.path,
      headers: this.#headersOf(attempt, limitMs),
      bodyLength: head.bodyLength,
      upgrade,
      untouched,
    };
  }

  #headersOf(attempt: number, limitMs: number): string[] {
    const { shape, untouched } = this.plan;
    if (untouched) return [...this.#headers];
    const list = withAttempt(this.#headers, {
      attempt,
      expectedTimeoutMs: limitMs,
      ...(this.isCall && limitMs > 0 && { callTimeout: timeoutText(limitMs) }),
    });
    const result = this.answer.changed(list, shape.requestHeaders, shape);
    if (shape.originalHost !== undefined) result.push('x-envoy-original-host', shape.originalHost);
    if (shape.originalPath !== undefined) result.push('x-envoy-original-path', shape.originalPath);
    return result;
  }
}

/** Of two limits, of which 0 is none. */
export function shorterLimit(a: number, b: number): number {
  return a === 0 || b === 0 ? a + b : Math.min(a, b);
}
