import type { Socket } from 'node:net';
import { retryable } from '@grayscale/traffic-rules';
import type { ResponseFlag } from '../access-record.js';
import { requestFramingOf, responseFramingOf } from '../headers/outgoing-framing.js';
import { untouchedHeaders, withAttempt } from '../headers/request-headers.js';
import {
  declinedUpgradeHeaders,
  downstreamHeaders,
  untouchedResponseHeaders,
  upgradeHeaders,
  withDateAndServer,
} from '../headers/response-headers.js';
import { encodeRequest, UnsendableHead } from '../http1/message-encoder.js';
import type { ResponseHead } from '../http1/response-head.js';
import { Attempt, type AttemptFailure, type AttemptOwner } from './attempt.js';
import { backOffCeilingMs } from './back-off.js';
import type { Exchange } from './exchange.js';
import { type LocalReply, replies } from './local-reply.js';
import { Mirroring } from './mirror.js';
import type { Plan } from './plan.js';

/** 100 Continue, 102, 103 Early Hints, 104. */
const lastInformational = 104;

/** Sends one request to a cluster: tries, retries, the route's timeout, and the answer's way back. */
export class Forwarding implements AttemptOwner {
  /** Names and values in turn. */
  readonly #headers: readonly string[];
  #attempt: Attempt | undefined;
  #tries = 0;
  #timeout: NodeJS.Timeout | undefined;
  #backoff: NodeJS.Timeout | undefined;
  #answered = false;
  /** When the request was complete: from then on Envoy counts the timeout. */
  #requestEnd = 0;
  #mirrors: Mirroring[] = [];
  #informed = false;

  constructor(
    private readonly exchange: Exchange,
    private readonly plan: Plan,
  ) {
    this.#headers = plan.untouched
      ? untouchedHeaders(exchange.head.headers, exchange)
      : exchange.headers.list;
  }

  start(): void {
    const { exchange, plan } = this;
    exchange.upstreamCluster = plan.clusterName;
    if (!plan.untouched && exchange.upgrade !== undefined && exchange.upgrade.toLowerCase() !== 'websocket') {
      this.#reply(replies.upgradeRefused);
      return;
    }
    this.#guarded(() => {
      for (const mirror of plan.mirrors) {
        const mirroring = Mirroring.draw(exchange, plan, mirror, this.#requestHeaders(1));
        if (mirroring !== undefined) this.#mirrors.push(mirroring);
      }
      return this.#try();
    });
  }

  /** The client went away. */
  cancel(): void {
    this.#stopTimers();
    this.#attempt?.cancel();
    for (const mirroring of this.#mirrors) mirroring.onClientGone();
  }

  onClientDrain(): void {
    this.#attempt?.resumeResponse();
  }

  onRequestEnd(): void {
    if (this.#requestEnd !== 0) return;
    this.#requestEnd = performance.now();
    if (this.plan.timeoutMs > 0) {
      this.#timeout = setTimeout(() => this.#onTimeout(), this.plan.timeoutMs);
    }
  }

  onUpstream(host: string): void {
    this.exchange.upstreamHost = host;
  }

  /** Envoy passes on the first 1xx that it knows, and no other. HTTP/1.0 has none. */
  onInformational({ status, headers }: ResponseHead): void {
    const { head, response } = this.exchange;
    if (this.#informed || status > lastInformational || head.version === '1.0') return;
    this.#informed = true;
    response.informational(
      status,
      this.plan.untouched ? untouchedResponseHeaders(headers) : downstreamHeaders(headers, undefined),
    );
  }

  /** False: the answer is thrown away, another try is coming. */
  onHead(head: ResponseHead, serviceTimeMs: number): boolean {
    const { exchange, plan } = this;
    const { status } = head;
    const { raw } = head.headers;
    if (!plan.untouched && retryable(plan.retry, { kind: 'response', status, headers: raw })) {
      if (this.#retry()) return false;
      if (plan.retry.attempts > 0) exchange.flags.push('URX');
    }
    this.#answered = true;
    exchange.body.release();
    exchange.upstreamDurationMs = serviceTimeMs;
    exchange.details = 'via_upstream';
    return this.#guarded(() => {
      const declined = !plan.untouched && exchange.upgrade !== undefined;
      if (declined && status < 400) return this.#declineUpgrade(head);
      // An answer that begins before the request has ended: Envoy does not wait for the rest of it on this connection.
      const early = declined || !exchange.body.complete;
      const headers = plan.untouched
        ? untouchedResponseHeaders(head.headers)
        : this.#responseHeaders(status, downstreamHeaders(head.headers, early ? undefined : serviceTimeMs));
      const framing = responseFramingOf(headers, head, exchange.head);
      exchange.response.head({ status, headers, framing, close: exchange.closes || early });
      return true;
    });
  }

  /** The server does not change the protocol. Envoy passes its answer on without the body (recorded: `http-websocket`). */
  #declineUpgrade({ status, headers: received }: ResponseHead): false {
    this.#stopTimers();
    this.#attempt?.cancel();
    const headers = this.#responseHeaders(status, declinedUpgradeHeaders(received));
    const framing = status === 204 ? ({ kind: 'none' } as const) : ({ kind: 'length', length: 0 } as const);
    this.exchange.response.head({ status, headers, framing, close: true });
    this.exchange.finish([], true);
    return false;
  }

  /** What a rule has made unsendable is refused as a whole: nothing of it was written. */
  #guarded(send: () => boolean): boolean {
    try {
      return send();
    } catch (error) {
      if (!(error instanceof UnsendableHead)) throw error;
      this.#attempt?.cancel();
      for (const mirroring of this.#mirrors) mirroring.onClientGone();
      this.#stopTimers();
      // Without the rule's changes to the answer, which may be what is wrong.
      this.exchange.reply(replies.unsendable(error), []);
      return false;
    }
  }

  onData(data: Buffer): void {
    this.exchange.response.data(data);
  }

  onFlush(): void {
    if (!this.exchange.response.flush()) this.#attempt?.pauseResponse();
  }

  onEnd(trailers: readonly string[]): void {
    this.#stopTimers();
    this.exchange.finish(trailers, this.exchange.closes);
  }

  onUpgrade(head: ResponseHead, socket: Socket, rest: Buffer): void {
    const { exchange } = this;
    if (exchange.upgrade === undefined) {
      // Nobody asked: bytes after it would be a second answer, or a way around the rules.
      socket.destroy();
      this.onFailure('protocol');
      return;
    }
    this.#stopTimers();
    const headers = withDateAndServer(upgradeHeaders(head.headers));
    exchange.response.head({ status: 101, headers, framing: { kind: 'none' }, close: false });
    exchange.response.flush();
    exchange.tunnel(socket, rest);
  }

  onFailure(failure: AttemptFailure): void {
    const { exchange } = this;
    if (this.#answered) {
      this.#stopTimers();
      if (failure === 'termination' || failure === 'protocol') exchange.flags.push('UC');
      exchange.abort('upstream_reset_after_response_started');
      return;
    }
    if (failure === 'loop') {
      const { clusterName, isMesh } = this.plan;
      this.#reply(
        isMesh
          ? replies.endpointLoop(exchange.upstreamHost ?? '', clusterName)
          : replies.loop(exchange.target.authority),
      );
      return;
    }
    if (failure === 'name-not-found') {
      this.#reply(this.plan.isMesh ? replies.noHealthyUpstream : replies.nameNotFound);
      return;
    }
    if (this.#isRetryable(failure) && this.#retry()) return;
    this.#giveUp(failure);
  }

  #try(): true {
    const { exchange, plan } = this;
    const destination = plan.next();
    if (destination === undefined) {
      this.#reply(replies.noHealthyUpstream);
      return true;
    }
    this.#tries++;
    exchange.attempts = this.#tries;
    const { method, framing } = exchange.head;
    const headers = this.#requestHeaders(this.#tries);
    this.#attempt = new Attempt(exchange.runtime.pool, destination, this, {
      encoded: encodeRequest({
        method,
        path: plan.path,
        authority: plan.authority,
        headers,
        framing: requestFramingOf(headers, plan.untouched ? 'GET' : method, framing),
      }),
      perTryTimeoutMs: plan.retry.perTryTimeoutMs,
      body: exchange.body,
      source: exchange.client,
    });
    this.#attempt.start();
    return true;
  }

  #responseHeaders(status: number, list: string[]): string[] {
    const { exchange, plan } = this;
    if (plan.setCookie !== undefined) list.push('set-cookie', plan.setCookie);
    return exchange.responseHeaders(status, list, plan.responseHeaders);
  }

  #requestHeaders(attempt: number): string[] {
    const { exchange, plan } = this;
    if (plan.untouched) return [...this.#headers];
    const list = withAttempt(this.#headers, attempt, this.#expectedTimeoutMs());
    const result = exchange.requestHeaders(list, plan.requestHeaders);
    if (plan.originalHost !== undefined) result.push('x-envoy-original-host', plan.originalHost);
    if (plan.originalPath !== undefined) result.push('x-envoy-original-path', plan.originalPath);
    return result;
  }

  /** The per-try limit where there is one, else what is left of the route's. */
  #expectedTimeoutMs(): number {
    const { timeoutMs, retry } = this.plan;
    const elapsed = this.#requestEnd === 0 ? 0 : Math.floor(performance.now() - this.#requestEnd);
    const left = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - elapsed);
    if (retry.perTryTimeoutMs === 0) return left;
    return left === 0 ? retry.perTryTimeoutMs : Math.min(left, retry.perTryTimeoutMs);
  }

  #isRetryable(failure: AttemptFailure): boolean {
    const { retry } = this.plan;
    if (failure === 'per-try-timeout') return retryable(retry, { kind: 'per-try-timeout' });
    if (failure === 'refused' || failure === 'timeout') return retryable(retry, { kind: 'connect-failure' });
    return retryable(retry, { kind: 'reset', requestSent: true });
  }

  /** Starts another try after a pause; false when none is left, or the body cannot be sent again. */
  #retry(): boolean {
    const { exchange, plan } = this;
    if (this.#tries > plan.retry.attempts || !exchange.body.replayable) return false;
    this.#attempt?.cancel();
    this.#attempt = undefined;
    const ceiling = backOffCeilingMs(plan.retry.backoffMs, this.#tries);
    this.#backoff = setTimeout(() => this.#guarded(() => this.#try()), exchange.runtime.random() * ceiling);
    return true;
  }

  #giveUp(failure: AttemptFailure): void {
    if (this.#tries > 1) this.exchange.flags.push('URX');
    if (failure === 'per-try-timeout') this.#reply(replies.perTryTimeout);
    else if (failure !== 'loop' && failure !== 'name-not-found') {
      this.#reply(replies.upstreamFailure(failure, this.#tries));
    }
  }

  /** The limit is for the whole answer: one that has begun is broken off. */
  #onTimeout(): void {
    this.#attempt?.cancel();
    if (!this.#answered) {
      this.#reply(replies.timeout);
      return;
    }
    this.exchange.flags.push('UT');
    this.exchange.abort('response_timeout');
  }

  #reply(reply: LocalReply & { flag?: ResponseFlag }): void {
    this.#stopTimers();
    this.exchange.reply(reply, this.plan.responseHeaders);
  }

  #stopTimers(): void {
    clearTimeout(this.#timeout);
    clearTimeout(this.#backoff);
  }
}
