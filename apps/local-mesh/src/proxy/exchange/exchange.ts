import type { Socket } from 'node:net';
import type { Decision, Forward, HeaderMutation, RouteRequest } from '@grayscale/traffic-rules';
import { applyHeaderMutations } from '@grayscale/traffic-rules';
import type { ResponseFlag } from '../access-record.js';
import { refusalBody } from '../downstream/refusal.js';
import { connectionOptions } from '../headers/hop-by-hop.js';
import { type UpstreamHeaders, upstreamHeaders } from '../headers/request-headers.js';
import { hasHeader, removeHeader, setHeader, withDateAndServer } from '../headers/response-headers.js';
import type { BodySink } from '../http1/body-decoder.js';
import { UnsendableHead } from '../http1/message-encoder.js';
import type { RequestHead } from '../http1/request-head.js';
import type { MalformedMessage } from '../http1/syntax.js';
import type { Runtime } from '../runtime.js';
import type { RequestTarget } from '../target.js';
import type { Client } from './client.js';
import { requestedUpgrade } from './client-request.js';
import { type CorsAnswer, corsAnswer } from './cors.js';
import { exchangeRecord } from './exchange-record.js';
import { drawFault } from './fault.js';
import { Forwarding } from './forwarding.js';
import { type LocalReply, replies } from './local-reply.js';
import { clusterPlan, passThroughPlan } from './plan.js';
import { RequestBody } from './request-body.js';
import { ResponseWriter } from './response-writer.js';

/** One request from its head to its answer's last byte: Envoy's filters in Envoy's order, then the route's action. */
export class Exchange implements BodySink {
  readonly body: RequestBody;
  readonly response: ResponseWriter;
  readonly connection: ReadonlySet<string>;
  readonly upgrade: string | undefined;
  readonly isToProxy: boolean;
  readonly flags: ResponseFlag[] = [];
  readonly request: RouteRequest;
  details = '';
  /** The client's headers as rules see them and as they leave. */
  readonly headers: UpstreamHeaders;
  upstreamHost: string | undefined;
  upstreamCluster: string | undefined;
  upstreamDurationMs: number | undefined;
  attempts = 0;
  started = false;
  decision: Decision | undefined;
  readonly startTime = Date.now();
  readonly #started = performance.now();
  #forwarding: Forwarding | undefined;
  #cors: CorsAnswer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #done = false;
  /** The request's head is being acted on, whatever of its body came along. */
  #starting = false;

  constructor(
    readonly runtime: Runtime,
    readonly client: Client,
    readonly head: RequestHead,
    readonly target: RequestTarget,
  ) {
    this.body = new RequestBody(client, runtime.limits.maxReplayBytes);
    this.response = new ResponseWriter(client.output, head.method);
    this.connection = connectionOptions(head.headers);
    this.upgrade = requestedUpgrade(head, this.connection);
    this.isToProxy = !head.target.startsWith('/');
    this.headers = upstreamHeaders(head.headers, this);
    this.request = {
      method: head.method,
      scheme: target.scheme,
      authority: target.authority,
      port: target.port,
      path: target.path,
      headers: this.headers.list,
    };
  }

  /** The connection ends after the answer. */
  get closes(): boolean {
    return (
      this.connection.has('close') ||
      this.upgrade !== undefined ||
      this.head.version === '1.0' ||
      this.runtime.draining
    );
  }

  start(): void {
    this.started = true;
    this.#starting = true;
    this.#begin();
    this.#starting = false;
  }

  #begin(): void {
    const decision = this.#decide();
    if (decision === undefined) return;
    this.decision = decision;
    switch (decision.kind) {
      case 'bad-request':
        this.reply({ ...replies.badRequest, body: decision.body }, []);
        return;
      case 'no-route':
        this.reply(replies.noRoute, []);
        return;
      case 'blocked':
        this.upstreamCluster = 'BlackHoleCluster';
        if (decision.through === 'http') this.reply(replies.blocked, []);
        else this.abort('blocked');
        return;
      case 'pass-through':
        this.#forward(new Forwarding(this, passThroughPlan(this, decision)));
        return;
      default:
        this.#fault(decision);
    }
  }

  onData(data: Buffer): void {
    if (!this.#done) this.body.push(data);
  }

  onEnd(trailers: readonly string[]): void {
    if (!this.#done) this.body.end(trailers);
  }

  onClientDrain(): void {
    this.#forwarding?.onClientDrain();
  }

  /** The client went away. */
  onClientGone(): void {
    if (this.#done) return;
    this.flags.push('DC');
    this.details ||= 'downstream_remote_disconnect';
    this.#forwarding?.cancel();
    this.#complete();
  }

  /** The request's body turned out to be malformed before an answer was begun. */
  rejectBody(error: MalformedMessage): void {
    this.started = true;
    this.#forwarding?.cancel();
    clearTimeout(this.#timer);
    this.reply(
      { status: error.status, body: refusalBody(error.status), flag: 'DPE', details: error.details },
      [],
    );
  }

  /** Nothing has moved for too long. */
  onStreamIdle(): void {
    this.#forwarding?.cancel();
    if (this.response.status !== 0) this.abort('stream_idle_timeout');
    else this.reply(this.body.complete ? replies.streamTimeout : replies.requestTimeout, []);
  }

  /** An answer of the proxy's own. */
  reply(reply: LocalReply, mutations: readonly HeaderMutation[]): void {
    if (reply.flag !== undefined) this.flags.push(reply.flag);
    this.details = reply.details;
    const body = Buffer.from(reply.body);
    const framing = { kind: 'length', length: body.length } as const;
    // Envoy answers by itself before it has looked at a body, and reads none behind such an answer.
    const unread = !this.body.complete || (this.#starting && this.body.bytes > 0 && reply.late !== true);
    const close = this.closes || unread || reply.close === true;
    const { status } = reply;
    try {
      this.response.head({ status, headers: this.#localHeaders(reply, mutations), framing, close });
    } catch (error) {
      if (!(error instanceof UnsendableHead)) throw error;
      this.reply(replies.unsendable(error), []);
      return;
    }
    if (body.length > 0) this.response.data(body);
    this.finish([], close);
  }

  /** The rule's changes come first: a content type that it sets is kept. */
  #localHeaders({ status, body, headers }: LocalReply, mutations: readonly HeaderMutation[]): string[] {
    const changed = [...(headers ?? [])];
    const list = mutations.length === 0 ? changed : this.#mutate(changed, mutations, status);
    removeHeader(list, 'content-length');
    if (body.length > 0) {
      // Where it stands; the framing says how long.
      list.push('content-length', '');
      if (!hasHeader(list, 'content-type')) list.push('content-type', 'text/plain');
    }
    return this.responseHeaders(status, list, []);
  }

  /** Response headers as they leave: the route's changes, CORS, then what Envoy always adds. */
  responseHeaders(status: number, headers: string[], mutations: readonly HeaderMutation[]): string[] {
    const list = mutations.length === 0 ? headers : this.#mutate(headers, mutations, status);
    if (this.#cors !== undefined)
      for (const [name, value] of this.#cors.headers) setHeader(list, name, value);
    return withDateAndServer(list);
  }

  /** Request headers after the route's changes. */
  requestHeaders(headers: string[], mutations: readonly HeaderMutation[]): string[] {
    return mutations.length === 0 ? headers : this.#mutate(headers, mutations, undefined);
  }

  /** The answer's last byte is written. */
  finish(trailers: readonly string[], close: boolean): void {
    this.response.end(trailers);
    this.#complete();
    this.client.finished(!close && !this.response.announcedClose && this.body.complete);
  }

  /** The answer cannot be completed, or may not be begun. */
  abort(details: string): void {
    this.details = details;
    this.#complete();
    this.client.destroy();
  }

  /** The upstream changed the protocol: from here on bytes only. */
  tunnel(peer: Socket, rest: Buffer): void {
    this.client.upgrade(peer, rest, () => this.#complete());
  }

  elapsedMs(): number {
    return performance.now() - this.#started;
  }

  /** A fault of the engine's must not end the proxy, and every other request with it. */
  #decide(): Decision | undefined {
    const { options, random } = this.runtime;
    try {
      return options.route(this.request, random());
    } catch (error) {
      this.reply(replies.internalError((error as Error).message), []);
      return undefined;
    }
  }

  #fault(
    decision: Exclude<Decision, { kind: 'bad-request' | 'no-route' | 'blocked' | 'pass-through' }>,
  ): void {
    const fault = decision.fault && drawFault(decision.fault, this.runtime.random);
    const then = (): void => {
      this.#timer = undefined;
      if (fault?.abort === undefined) this.#act(decision);
      else this.reply(replies.faultAbort(fault.abort, this.head), decision.responseHeaders);
    };
    if (fault === undefined || fault.delayMs === 0) {
      then();
      return;
    }
    this.flags.push('DI');
    this.#timer = setTimeout(then, fault.delayMs);
  }

  #act(decision: Exclude<Decision, { kind: 'bad-request' | 'no-route' | 'blocked' | 'pass-through' }>): void {
    this.#cors = decision.cors && corsAnswer(decision.cors, this.head);
    if (this.#cors?.preflight) {
      this.reply(replies.preflight, []);
      return;
    }
    switch (decision.kind) {
      case 'redirect':
        this.reply(replies.redirect(decision.status, decision.location), decision.responseHeaders);
        return;
      case 'direct-response':
        this.reply(replies.direct(decision.status, decision.body), decision.responseHeaders);
        return;
      case 'cluster-not-found':
        this.upstreamCluster = decision.clusterName;
        this.reply(replies.noCluster, decision.responseHeaders);
        return;
      case 'forward':
        this.#forwardTo(decision);
    }
  }

  #forwardTo(decision: Forward): void {
    this.#forward(new Forwarding(this, clusterPlan(this, decision)));
  }

  #forward(forwarding: Forwarding): void {
    this.#forwarding = forwarding;
    forwarding.start();
  }

  #mutate(headers: string[], mutations: readonly HeaderMutation[], status: number | undefined): string[] {
    const result = applyHeaderMutations(headers, mutations, {
      request: this.request,
      ...(status === undefined ? {} : { response: { status, headers } }),
      protocol: 'HTTP/1.1',
      downstreamAddress: this.client.address,
      ...(this.upstreamHost === undefined ? {} : { upstreamHost: this.upstreamHost }),
      ...(this.upstreamCluster === undefined ? {} : { upstreamCluster: this.upstreamCluster }),
      startTime: new Date(this.startTime),
    });
    return [...result];
  }

  #complete(): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.body.release();
    this.runtime.stats.activeRequests--;
    this.runtime.options.onComplete?.(exchangeRecord(this));
  }
}
