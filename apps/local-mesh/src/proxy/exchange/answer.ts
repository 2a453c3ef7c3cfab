import type { Duplex } from 'node:stream';
import { applyHeaderMutations, type HeaderMutation } from '@grayscale/traffic-rules';
import { hasHeader, removeHeader, setHeader, withDateAndServer } from '../headers/response-headers.js';
import { UnsendableHead } from '../message/sendable.js';
import { asGrpc, isGrpcCall } from './grpc.js';
import { type LocalReply, replies } from './local-reply.js';
import type { Outcome } from './outcome.js';
import type { RequestContext } from './request-context.js';
import type { ResponseWriter } from './response-writer.js';

/** The way back to the client: an upstream's answer or one of the proxy's own, and the end of the exchange. */
export class Answer {
  readonly writer: ResponseWriter;
  /** The request's head is being acted on, whatever of its body came along. */
  isAtHead = false;
  #cors: ReadonlyArray<readonly [name: string, value: string]> = [];
  #done = false;

  constructor(
    private readonly context: RequestContext,
    private readonly outcome: Outcome,
  ) {
    this.writer = context.client.respond(context.head);
  }

  /** Nothing more can be said. */
  get done(): boolean {
    return this.#done;
  }

  /** From now on answers carry these. */
  withCors(headers: ReadonlyArray<readonly [name: string, value: string]>): void {
    this.#cors = headers;
  }

  /** An answer of the proxy's own. */
  reply(given: LocalReply, mutations: readonly HeaderMutation[]): void {
    const reply = isGrpcCall(this.context.head.headers) ? asGrpc(given) : given;
    if (reply.flag !== undefined) this.outcome.flag(reply.flag);
    this.outcome.because(reply.details);
    const body = Buffer.from(reply.body);
    const close = this.context.closes || this.#leavesBody(reply) || reply.close === true;
    const { status } = reply;
    try {
      const headers = this.#localHeaders(reply, mutations);
      this.outcome.answeredWith(headers);
      this.writer.head({ status, headers, bodyLength: body.length, close });
    } catch (error) {
      if (!(error instanceof UnsendableHead)) throw error;
      this.refuse(error);
      return;
    }
    if (body.length > 0) this.writer.data(body);
    this.finish([], close);
  }

  /** Instead of what a rule has made unsendable; without the rule's changes to the answer, which may be what is wrong. */
  refuse(error: UnsendableHead): void {
    this.#cors = [];
    this.reply(replies.unsendable(error), []);
  }

  /** Response headers as they leave: the route's changes, CORS, then what Envoy always adds. */
  headers(status: number, headers: string[], mutations: readonly HeaderMutation[]): string[] {
    const list = this.changed(headers, mutations, status);
    for (const [name, value] of this.#cors) setHeader(list, name, value);
    return withDateAndServer(list, this.context.runtime.serverName);
  }

  /**
   * Headers after a route's changes.
   * @param status of the response whose headers they are; undefined: they are the request's
   */
  changed(headers: string[], mutations: readonly HeaderMutation[], status?: number): string[] {
    if (mutations.length === 0) return headers;
    const { seen: request, head, client, startTime } = this.context;
    const { upstreamHost, upstreamCluster } = this.outcome;
    return applyHeaderMutations(headers, mutations, {
      request,
      // A request has its headers before a server is chosen, and keeps them when it is tried again (Envoy 1.40, seen on the wire).
      ...(status !== undefined && { response: { status, headers }, upstreamHost }),
      protocol: `HTTP/${head.version}`,
      downstreamAddress: client.address,
      upstreamCluster,
      startTime: new Date(startTime),
    });
  }

  /** The last byte is written. */
  finish(trailers: readonly string[], close: boolean): void {
    const { client, body } = this.context;
    this.writer.end(trailers);
    this.complete();
    client.finished(!close && !this.writer.announcedClose && body.complete);
  }

  /** It cannot be completed, or may not be begun. */
  abort(details: string): void {
    this.outcome.because(details);
    this.complete();
    this.context.client.destroy();
  }

  /** The upstream changed the protocol: from here on bytes only. */
  tunnel(peer: Duplex, rest: Buffer): void {
    this.context.client.upgrade(peer, rest, () => this.complete());
  }

  /** The exchange is over, and is told of. */
  complete(): void {
    if (this.#done) return;
    this.#done = true;
    const { body, runtime } = this.context;
    body.release();
    runtime.stats.activeRequests--;
    runtime.options.onComplete?.(this.outcome.record(this.context, this.writer));
  }

  /** Envoy answers by itself before it has looked at a body, and reads none behind such an answer. */
  #leavesBody({ late }: LocalReply): boolean {
    const { body } = this.context;
    return !body.complete || (this.isAtHead && body.bytes > 0 && late !== true);
  }

  /** The rule's changes come first: a content type that it sets is kept. */
  #localHeaders({ status, body, headers }: LocalReply, mutations: readonly HeaderMutation[]): string[] {
    const list = this.changed([...(headers ?? [])], mutations, status);
    removeHeader(list, 'content-length');
    if (body.length > 0) {
      // Where it stands; the framing says how long.
      list.push('content-length', '');
      if (!hasHeader(list, 'content-type')) list.push('content-type', 'text/plain');
    }
    return this.headers(status, list, []);
  }
}
