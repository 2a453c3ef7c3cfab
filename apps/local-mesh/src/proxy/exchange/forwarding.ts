import type { Socket } from 'node:net';
import { retryable } from '@grayscale/traffic-rules';
import type { ResponseFlag } from '../access-record.js';
import { untouchedHeaders, withAttempt, withFraming } from '../headers/request-headers.js';
import { downstreamHeaders, untouchedResponseHeaders, upgradeHeaders } from '../headers/response-headers.js';
import type { ResponseHead } from '../http1/response-head.js';
import { Attempt, type AttemptFailure, type AttemptOwner } from './attempt.js';
import type { Exchange } from './exchange.js';
import { type LocalReply, replies } from './local-reply.js';
import { Mirroring } from './mirror.js';
import type { Plan } from './plan.js';

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
    for (const mirror of plan.mirrors) {
      const mirroring = Mirroring.draw(exchange, plan, mirror, this.#requestHeaders(1));
      if (mirroring !== undefined) this.#mirrors.push(mirroring);
    }
    this.#try();
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

  onInformational(head: ResponseHead): void {
    this.exchange.response.informational(head.status, untouchedResponseHeaders(head.headers));
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
    const headers = plan.untouched
      ? untouchedResponseHeaders(head.headers)
      : this.#responseHeaders(head, serviceTimeMs);
    const framing =
      head.framing.kind === 'chunked' || head.framing.kind === 'until-close' ? 'chunked' : 'length';
    // An answer that begins before the request has ended: Envoy does not wait for the rest of it on this connection.
    exchange.response.head(status, headers, framing, exchange.closes || !exchange.body.complete);
    return true;
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
    const { exchange, plan } = this;
    if (exchange.upgrade === undefined) {
      // Nobody asked: bytes after it would be a second answer, or a way around the rules.
      socket.destroy();
      this.onFailure('protocol');
      return;
    }
    this.#stopTimers();
    const list = plan.untouched ? untouchedResponseHeaders(head.headers) : upgradeHeaders(head.headers);
    const index = head.headers.names.indexOf('upgrade');
    const protocol = index < 0 ? exchange.upgrade : (head.headers.raw[2 * index + 1] as string);
    list.push('connection', 'Upgrade', 'upgrade', protocol);
    exchange.response.head(101, list, 'length', false);
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
      this.#reply(replies.loop(exchange.target.authority));
      return;
    }
    if (failure === 'name-not-found') {
      this.#reply(this.plan.isMesh ? replies.noHealthyUpstream : replies.nameNotFound);
      return;
    }
    if (this.#isRetryable(failure) && this.#retry()) return;
    this.#giveUp(failure);
  }

  #try(): void {
    const { exchange, plan } = this;
    const destination = plan.next();
    if (destination === undefined) {
      this.#reply(replies.noHealthyUpstream);
      return;
    }
    this.#tries++;
    exchange.attempts = this.#tries;
    this.#attempt = new Attempt(exchange.runtime.pool, destination, this, {
      method: exchange.head.method,
      path: plan.path,
      authority: plan.authority,
      headers: this.#requestHeaders(this.#tries),
      chunked: exchange.outgoingFraming === 'chunked',
      perTryTimeoutMs: plan.retry.perTryTimeoutMs,
      body: exchange.body,
      source: exchange.client,
    });
    this.#attempt.start();
  }

  #responseHeaders({ status, headers }: ResponseHead, serviceTimeMs: number): string[] {
    const { exchange, plan } = this;
    const list = downstreamHeaders(headers, serviceTimeMs);
    if (exchange.affinityCookie !== undefined) list.push('set-cookie', exchange.affinityCookie);
    return exchange.responseHeaders(status, list, plan.responseHeaders);
  }

  #requestHeaders(attempt: number): string[] {
    const { exchange, plan } = this;
    const { outgoingFraming } = exchange;
    if (plan.untouched) return withFraming([...this.#headers], 'GET', outgoingFraming);
    const list = withAttempt(this.#headers, attempt, this.#expectedTimeoutMs());
    const result = exchange.requestHeaders(list, plan.requestHeaders);
    if (plan.originalHost !== undefined) result.push('x-envoy-original-host', plan.originalHost);
    if (plan.originalPath !== undefined) result.push('x-envoy-original-path', plan.originalPath);
    return withFraming(result, exchange.head.method, outgoingFraming);
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
    const ceiling = Math.min(plan.retry.backoffMs * 2 ** (this.#tries - 1), plan.retry.backoffMs * 10);
    this.#backoff = setTimeout(() => this.#try(), exchange.runtime.random() * ceiling);
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
