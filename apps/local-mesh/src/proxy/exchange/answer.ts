import type { Duplex } from 'node:stream';
import {
  applyHeaderMutations,
  type Forward,
  type HeaderContext,
  type HeaderMutation,
} from '@grayscale/traffic-rules';
import { hasHeader, removeHeader, setHeader, withDateAndServer } from '../headers/response-headers.js';
import type { OutgoingRequest } from '../message/request.js';
import { UnsendableHead } from '../message/sendable.js';
import type { Protocol } from '../upstream/host.js';
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
  #sent: { request: OutgoingRequest; protocol: Protocol } | undefined;
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

  /** What values of response headers quote from now on: the request as it was sent on, or would have been. */
  sentAs(request: OutgoingRequest, protocol: Protocol): void {
    this.#sent = { request, protocol };
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

  /** An upstream's response headers as they leave: the route's changes, CORS, then what Envoy always adds. */
  headers(status: number, headers: string[], mutations: readonly HeaderMutation[]): string[] {
    return this.#leaving(this.#changedResponse({ status, headers, isLocal: false }, mutations));
  }

  /** A request's headers after a route's changes: made before a server is chosen, and kept when it is tried again (Envoy 1.40, seen on the wire). */
  changed(
    headers: string[],
    mutations: readonly HeaderMutation[],
    { path, originalPath = path }: Pick<Forward, 'path' | 'originalPath'>,
  ): string[] {
    if (mutations.length === 0) return headers;
    // Normalized, and not yet rewritten (recorded: `http-header-formats-of-normalized-path`).
    const request = { ...this.context.seen, path: originalPath };
    return applyHeaderMutations(headers, mutations, { ...this.#told(), request, attempts: 1 });
  }

  #changedResponse(
    response: { status: number; headers: string[]; isLocal: boolean },
    mutations: readonly HeaderMutation[],
  ): string[] {
    if (mutations.length === 0) return response.headers;
    const { outcome } = this;
    const { request, protocol } = this.#sent ?? {};
    return applyHeaderMutations(response.headers, mutations, {
      ...this.#told(),
      request: { ...this.context.seen, ...request },
      response,
      upstreamHost: outcome.upstreamHost,
      attempts: request === undefined ? 0 : Math.max(1, outcome.attempts),
      upstreamProtocol: protocol && outcome.isConnected ? protocolNames[protocol] : undefined,
    });
  }

  /** What values of headers can say of the exchange so far. */
  #told(): Omit<HeaderContext, 'request'> {
    const { head, client, startTime, target } = this.context;
    return {
      ...this.outcome.asTold(),
      protocol: `HTTP/${head.version}`,
      downstreamAddress: client.address,
      downstreamPort: target.port,
      startTime: new Date(startTime),
    };
  }

  #leaving(list: string[]): string[] {
    for (const [name, value] of this.#cors) setHeader(list, name, value);
    return withDateAndServer(list, this.context.runtime.serverName);
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

  /** The rule's changes come first: a content type that it sets is kept where there is a body. */
  #localHeaders({ status, body, headers, call }: LocalReply, mutations: readonly HeaderMutation[]): string[] {
    const list = this.#changedResponse({ status, headers: [...(headers ?? [])], isLocal: true }, mutations);
    removeHeader(list, 'content-length');
    if (call !== undefined || body.length === 0) removeHeader(list, 'content-type');
    list.push(...(call ?? []));
    if (body.length > 0) {
      // Where it stands; the framing says how long.
      list.push('content-length', '');
      if (!hasHeader(list, 'content-type')) list.push('content-type', 'text/plain');
    }
    return this.#leaving(list);
  }
}

const protocolNames: Readonly<Record<Protocol, string>> = { http1: 'HTTP/1.1', http2: 'HTTP/2' };
