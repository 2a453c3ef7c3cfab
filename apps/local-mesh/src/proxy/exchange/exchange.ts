import type { Socket } from 'node:net';
import type { Decision, Forward, HeaderMutation, RouteRequest } from '@grayscale/traffic-rules';
import { applyHeaderMutations } from '@grayscale/traffic-rules';
import type { ResponseFlag } from '../access-record.js';
import { refusalBody } from '../downstream/refusal.js';
import { connectionOptions } from '../headers/hop-by-hop.js';
import { type UpstreamHeaders, upstreamHeaders } from '../headers/request-headers.js';
import { hasHeader, setHeader, withDateAndServer } from '../headers/response-headers.js';
import type { BodySink } from '../http1/body-decoder.js';
import type { RequestHead } from '../http1/request-head.js';
import type { MalformedMessage } from '../http1/syntax.js';
import type { Runtime } from '../runtime.js';
import type { RequestTarget } from '../target.js';
import type { Client } from './client.js';
import { outgoingFraming, requestedUpgrade } from './client-request.js';
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
  readonly flags: ResponseFlag[] = [];
  readonly request: RouteRequest;
  /** How the body goes on; a length that `connection` takes away is one that the next hop must not be left without. */
  readonly outgoingFraming: 'none' | 'length' | 'chunked';
  details = '';
  /** The client's headers as rules see them and as they leave. */
  readonly headers: UpstreamHeaders;
  upstreamHost: string | undefined;
  upstreamCluster: string | undefined;
  upstreamDurationMs: number | undefined;
  /** A `set-cookie` that ties the client to its endpoint. */
  affinityCookie: string | undefined;
  attempts = 0;
  started = false;
  decision: Decision | undefined;
  readonly startTime = Date.now();
  readonly #started = performance.now();
  #forwarding: Forwarding | undefined;
  #cors: CorsAnswer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #done = false;

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
    this.outgoingFraming = outgoingFraming(head, this.connection);
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
    return this.connection.has('close') || this.runtime.draining;
  }

  start(): void {
    this.started = true;
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
    const { body } = reply;
    const headers = this.#localHeaders(reply, mutations);
    const close = this.closes || !this.body.complete || reply.close === true;
    this.response.head(reply.status, headers, 'length', close);
    if (body.length > 0) this.response.data(Buffer.from(body));
    this.finish([], close);
  }

  /** The rule's changes come first: a content type that it sets is kept. */
  #localHeaders({ status, body, headers }: LocalReply, mutations: readonly HeaderMutation[]): string[] {
    const changed = [...(headers ?? [])];
    const list = mutations.length === 0 ? changed : this.#mutate(changed, mutations, status);
    if (body.length > 0) {
      setHeader(list, 'content-length', String(body.length));
      if (!hasHeader(list, 'content-type')) list.push('content-type', 'text/plain');
    }
    const result = this.responseHeaders(status, list, []);
    if (body.length === 0) setHeader(result, 'content-length', '0');
    return result;
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
