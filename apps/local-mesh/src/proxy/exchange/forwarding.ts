import type { Duplex } from 'node:stream';
import { retryable, type TryOutcome } from '@grayscale/traffic-rules';
import type { ResponseFlag } from '../access-record.js';
import {
  declinedUpgradeHeaders,
  downstreamHeaders,
  untouchedResponseHeaders,
  upgradeHeaders,
  withDateAndServer,
} from '../headers/response-headers.js';
import type { ResponseHead } from '../message/response.js';
import { UnsendableHead } from '../message/sendable.js';
import { startTimer } from '../timer.js';
import type { Answer } from './answer.js';
import { Attempt, type AttemptFailure, type AttemptOwner } from './attempt.js';
import { backOffCeilingMs } from './back-off.js';
import { type LocalReply, replies, type UpstreamFailure } from './local-reply.js';
import { Mirroring } from './mirror.js';
import type { Outcome } from './outcome.js';
import { OutgoingRequests, shorterLimit } from './outgoing-requests.js';
import type { Plan } from './plan.js';
import type { RequestContext } from './request-context.js';

/** 100 Continue, 102, 103 Early Hints, 104. */
const lastInformational = 104;

const reset: TryOutcome = { kind: 'reset', requestSent: true };

/** How a try without an answer counts for retries. Envoy never retries an overflow: a limit is to keep requests away. */
const outcomes: Readonly<Record<UpstreamFailure | 'per-try-timeout', TryOutcome | undefined>> = {
  refused: { kind: 'connect-failure' },
  timeout: { kind: 'connect-failure' },
  'refused-stream': { kind: 'refused-stream' },
  'per-try-timeout': { kind: 'per-try-timeout' },
  overflow: undefined,
  protocol: reset,
  reset,
  termination: reset,
};

/** Sends one request to a cluster: tries, retries, the route's timeout, and the answer's way back. */
export class Forwarding implements AttemptOwner {
  readonly #requests: OutgoingRequests;
  #attempt: Attempt | undefined;
  #tries = 0;
  #timeout: NodeJS.Timeout | undefined;
  #backoff: NodeJS.Timeout | undefined;
  #answered = false;
  #isRetrying = false;
  /** Of retries under way. */
  #isOverLimit = false;
  /** When the request was complete: from then on Envoy counts the timeout. */
  #requestEnd = 0;
  #mirrors: Mirroring[] = [];
  #informed = false;

  constructor(
    private readonly context: RequestContext,
    private readonly plan: Plan,
    private readonly answer: Answer,
    private readonly outcome: Outcome,
  ) {
    this.#requests = new OutgoingRequests(context, plan, answer);
  }

  start(): void {
    const { context, plan } = this;
    this.outcome.ledTo(plan.clusterName);
    if (!plan.untouched && context.upgrade !== undefined && context.upgrade.toLowerCase() !== 'websocket') {
      this.#reply(replies.upgradeRefused);
      return;
    }
    this.#guarded(() => {
      if (this.#try()) this.#mirror();
    });
  }

  /** Copies go out behind the first try, and none does where no server is there to try (recorded: `mirror-without-server`). */
  #mirror(): void {
    const { context, plan } = this;
    for (const mirror of plan.shape.mirrors) {
      const mirroring = Mirroring.draw(context, mirror, this.#requests.ofTry(1, this.#limitMs));
      if (mirroring !== undefined) this.#mirrors.push(mirroring);
    }
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
    const { timeoutMs } = this.#requests;
    if (timeoutMs > 0) this.#timeout = startTimer(() => this.#onTimeout(), timeoutMs);
  }

  onUpstream(host: string): void {
    this.outcome.triedAt(host);
  }

  /** Envoy passes on the first 1xx that it knows, and no other. */
  onInformational({ status, headers }: ResponseHead): void {
    if (this.#informed || status > lastInformational) return;
    this.#informed = true;
    this.answer.writer.informational(
      status,
      this.plan.untouched ? untouchedResponseHeaders(headers) : downstreamHeaders(headers, undefined),
    );
  }

  onHead(head: ResponseHead, serviceTimeMs: number): void {
    const { context, plan } = this;
    const { status } = head;
    const { raw } = head.headers;
    if (retryable(plan.shape.retry, { kind: 'response', status, headers: raw })) {
      if (this.#retry()) return;
      if (!this.#isOverLimit) this.outcome.flag('URX');
    }
    this.#answered = true;
    context.body.release();
    this.outcome.upstreamAnswered(serviceTimeMs);
    this.#guarded(() => {
      const declined = !plan.untouched && context.upgrade !== undefined;
      // HTTP/2 has no bytes of another protocol that could be taken for the body.
      if (declined && status < 400 && plan.protocol === 'http1') {
        this.#declineUpgrade(head);
        return;
      }
      // An answer that begins before the request has ended: Envoy does not wait for the rest of it on this connection.
      const early = declined || !context.body.complete;
      const headers = plan.untouched
        ? untouchedResponseHeaders(head.headers)
        : this.#responseHeaders(status, downstreamHeaders(head.headers, early ? undefined : serviceTimeMs));
      const { bodyLength } = head;
      this.outcome.answeredWith(headers);
      this.answer.writer.head({ status, headers, bodyLength, close: context.closes || early });
    });
  }

  /** The server does not change the protocol. Envoy passes its answer on without the body (recorded: `http-websocket`). */
  #declineUpgrade({ status, headers: received }: ResponseHead): void {
    this.#stopTimers();
    this.#attempt?.cancel();
    const headers = this.#responseHeaders(status, declinedUpgradeHeaders(received));
    this.answer.writer.head({ status, headers, bodyLength: 0, close: true });
    this.answer.finish([], true);
  }

  /** What a rule has made unsendable is refused as a whole: nothing of it was written. */
  #guarded(send: () => void): void {
    try {
      send();
    } catch (error) {
      if (!(error instanceof UnsendableHead)) throw error;
      this.#attempt?.cancel();
      for (const mirroring of this.#mirrors) mirroring.onClientGone();
      this.#stopTimers();
      this.answer.refuse(error);
    }
  }

  onData(data: Buffer): void {
    this.answer.writer.data(data);
  }

  onFlush(): void {
    if (!this.answer.writer.flush()) this.#attempt?.pauseResponse();
  }

  onEnd(trailers: readonly string[]): void {
    this.#stopTimers();
    this.outcome.answeredWith(trailers);
    this.answer.finish(trailers, this.context.closes);
  }

  onUpgrade(head: ResponseHead, socket: Duplex, rest: Buffer): void {
    if (this.context.upgrade === undefined) {
      // Nobody asked: bytes after it would be a second answer, or a way around the rules.
      socket.destroy();
      this.onFailure('protocol');
      return;
    }
    this.#stopTimers();
    const headers = withDateAndServer(upgradeHeaders(head.headers), this.context.runtime.serverName);
    this.answer.writer.head({ status: 101, headers, bodyLength: 0, close: false });
    this.answer.writer.flush();
    this.answer.tunnel(socket, rest);
  }

  onFailure(failure: AttemptFailure): void {
    if (this.#isTimeOver) {
      // A server of gRPC is told the limit, keeps it as well, and may be heard of before the timer.
      this.#onTimeout();
      return;
    }
    if (this.#answered) {
      this.#stopTimers();
      if (failure === 'termination' || failure === 'protocol') this.outcome.flag('UC');
      this.answer.abort('upstream_reset_after_response_started');
      return;
    }
    if (failure === 'loop') {
      const { clusterName, isMesh } = this.plan;
      this.#reply(
        isMesh
          ? replies.endpointLoop(this.outcome.upstreamHost ?? '', clusterName)
          : replies.loop(this.context.target.authority),
      );
      return;
    }
    if (failure === 'name-not-found') {
      this.#reply(this.plan.isMesh ? replies.noHealthyUpstream : replies.nameNotFound);
      return;
    }
    const outcome = outcomes[failure];
    if (outcome !== undefined && retryable(this.plan.shape.retry, outcome) && this.#retry()) return;
    this.#giveUp(failure);
  }

  /** False: no server is there. */
  #try(): boolean {
    const { context, plan } = this;
    const request = this.#requests.ofTry(this.#tries + 1, this.#limitMs);
    this.answer.sentAs(request, plan.protocol);
    const host = plan.next();
    if (host === undefined) {
      this.#reply(replies.noHealthyUpstream);
      return false;
    }
    this.#tries++;
    this.outcome.tried();
    this.#attempt = new Attempt(host, this, {
      protocol: plan.protocol,
      request,
      isCall: this.#requests.isCall,
      perTryTimeoutMs: plan.shape.retry.perTryTimeoutMs,
      body: context.body,
      source: context.client,
    });
    this.#attempt.start();
    return true;
  }

  #responseHeaders(status: number, list: string[]): string[] {
    const { plan } = this;
    if (plan.setCookie !== undefined) list.push('set-cookie', plan.setCookie);
    return this.answer.headers(status, list, plan.shape.responseHeaders);
  }

  /** What a try may take: its own limit where there is one, else what is left of the whole; 0: no limit. */
  get #limitMs(): number {
    const { timeoutMs } = this.#requests;
    const elapsed = this.#requestEnd === 0 ? 0 : Math.floor(performance.now() - this.#requestEnd);
    const left = timeoutMs === 0 ? 0 : Math.max(1, timeoutMs - elapsed);
    return shorterLimit(left, this.plan.shape.retry.perTryTimeoutMs);
  }

  get #isTimeOver(): boolean {
    const { timeoutMs } = this.#requests;
    const isLimited = timeoutMs > 0 && this.#requestEnd !== 0;
    return isLimited && performance.now() - this.#requestEnd >= timeoutMs;
  }

  /** Starts another try after a pause; false when none is left, or the body cannot be sent again. */
  #retry(): boolean {
    const { context, plan } = this;
    if (this.#tries > plan.shape.retry.attempts || !context.body.replayable) return false;
    if (!this.#takeRetry()) return false;
    this.#attempt?.cancel();
    this.#attempt = undefined;
    const ceiling = backOffCeilingMs(plan.shape.retry.backoffMs, this.#tries);
    this.#backoff = startTimer(() => this.#guarded(() => this.#try()), context.runtime.random() * ceiling);
    return true;
  }

  /** Retries under way are limited for the cluster as a whole; this one counts until the request is over. */
  #takeRetry(): boolean {
    const { resources } = this.plan;
    if (this.#isRetrying) return true;
    if (!resources.hasRoom('retries')) {
      this.#isOverLimit = true;
      this.outcome.flag('UO');
      return false;
    }
    resources.take('retries');
    this.#isRetrying = true;
    return true;
  }

  #giveUp(failure: UpstreamFailure | 'per-try-timeout'): void {
    if (this.#tries > 1) this.outcome.flag('URX');
    if (failure === 'per-try-timeout') this.#reply(replies.perTryTimeout);
    else this.#reply(replies.upstreamFailure(failure, this.#tries));
  }

  /** The limit is for the whole answer: one that has begun is broken off. */
  #onTimeout(): void {
    this.#attempt?.expire();
    if (!this.#answered) {
      this.#reply(replies.timeout);
      return;
    }
    this.#stopTimers();
    this.outcome.flag('UT');
    this.answer.abort('response_timeout');
  }

  #reply(reply: LocalReply & { flag?: ResponseFlag }): void {
    this.#stopTimers();
    this.answer.reply(reply, this.plan.shape.responseHeaders);
  }

  #stopTimers(): void {
    if (this.#isRetrying) this.plan.resources.giveBack('retries');
    this.#isRetrying = false;
    clearTimeout(this.#timeout);
    clearTimeout(this.#backoff);
  }
}
