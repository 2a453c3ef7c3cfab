import type { Decision } from '@grayscale/traffic-rules';
import { refusalBody } from '../downstream/refusal.js';
import type { BodySink } from '../http1/body-decoder.js';
import type { MalformedMessage } from '../http1/syntax.js';
import { Answer } from './answer.js';
import { corsAnswer } from './cors.js';
import { drawFault } from './fault.js';
import { Forwarding } from './forwarding.js';
import { replies } from './local-reply.js';
import { Outcome } from './outcome.js';
import { clusterPlan, type Plan, passThroughPlan } from './plan.js';
import type { RequestContext } from './request-context.js';

/** A decision that a route took part in: Envoy's filters act on it. */
type Routed = Exclude<Decision, { kind: 'bad-request' | 'no-route' | 'blocked' | 'pass-through' }>;

/** One request from its head to its answer's last byte: Envoy's filters in Envoy's order, then the route's action. */
export class Exchange implements BodySink {
  readonly #outcome = new Outcome();
  readonly #answer: Answer;
  #forwarding: Forwarding | undefined;
  /** An injected delay. */
  #delay: NodeJS.Timeout | undefined;
  #started = false;

  constructor(private readonly context: RequestContext) {
    this.#answer = new Answer(context, this.#outcome);
  }

  get started(): boolean {
    return this.#started;
  }

  /** Whether the client has been told something. */
  get answering(): boolean {
    return this.#answer.writer.status !== 0;
  }

  start(): void {
    this.#started = true;
    this.#answer.isAtHead = true;
    this.#decide();
    this.#answer.isAtHead = false;
  }

  onData(data: Buffer): void {
    if (!this.#answer.done) this.context.body.push(data);
  }

  onEnd(trailers: readonly string[]): void {
    if (!this.#answer.done) this.context.body.end(trailers);
  }

  onClientDrain(): void {
    this.#forwarding?.onClientDrain();
  }

  /** The client went away, or sent what is not a body after its answer was begun (`isMalformed`). */
  onClientGone(isMalformed = false): void {
    if (this.#answer.done) return;
    if (isMalformed) this.#outcome.flag('DPE');
    this.#outcome.clientGone();
    this.#stop();
    this.#answer.complete();
  }

  /** The request's body turned out to be malformed before an answer was begun. */
  rejectBody({ status, details }: MalformedMessage): void {
    this.#started = true;
    this.#stop();
    this.#answer.reply({ status, body: refusalBody(status), flag: 'DPE', details }, []);
  }

  /** Nothing has moved for too long. */
  onStreamIdle(): void {
    this.#stop();
    if (this.answering) this.#answer.abort('stream_idle_timeout');
    else this.#answer.reply(this.context.body.complete ? replies.streamTimeout : replies.requestTimeout, []);
  }

  #stop(): void {
    clearTimeout(this.#delay);
    this.#forwarding?.cancel();
  }

  /** A fault of the engine's must not end the proxy, and every other request with it. */
  #decide(): void {
    const { runtime, request } = this.context;
    let decision: Decision;
    try {
      decision = runtime.options.route(request, runtime.random());
    } catch (error) {
      this.#answer.reply(replies.internalError((error as Error).message), []);
      return;
    }
    this.#outcome.decided(decision);
    this.#actOn(decision);
  }

  #actOn(decision: Decision): void {
    switch (decision.kind) {
      case 'bad-request':
        this.#answer.reply({ ...replies.badRequest, body: decision.body }, []);
        return;
      case 'no-route':
        this.#answer.reply(replies.noRoute, []);
        return;
      case 'blocked':
        this.#outcome.ledTo('BlackHoleCluster');
        if (decision.through === 'http') this.#answer.reply(replies.blocked, []);
        else this.#answer.abort('blocked');
        return;
      case 'pass-through':
        this.#forward(passThroughPlan(this.context, decision));
        return;
      default:
        this.#fault(decision);
    }
  }

  #fault(decision: Routed): void {
    const { runtime, head } = this.context;
    const fault = decision.fault && drawFault(decision.fault, runtime.random);
    const then = (): void => {
      if (fault?.abort === undefined) this.#cors(decision);
      else this.#answer.reply(replies.faultAbort(fault.abort, head), decision.responseHeaders);
    };
    if (fault === undefined || fault.delayMs === 0) {
      then();
      return;
    }
    this.#outcome.flag('DI');
    this.#delay = setTimeout(then, fault.delayMs);
  }

  #cors(decision: Routed): void {
    const cors = decision.cors && corsAnswer(decision.cors, this.context.head);
    if (cors !== undefined) this.#answer.withCors(cors.headers);
    if (cors?.preflight) this.#answer.reply(replies.preflight, []);
    else this.#route(decision);
  }

  #route(decision: Routed): void {
    switch (decision.kind) {
      case 'redirect':
        this.#answer.reply(replies.redirect(decision.status, decision.location), decision.responseHeaders);
        return;
      case 'direct-response':
        this.#answer.reply(replies.direct(decision.status, decision.body), decision.responseHeaders);
        return;
      case 'cluster-not-found':
        this.#outcome.ledTo(decision.clusterName);
        this.#answer.reply(replies.noCluster, decision.responseHeaders);
        return;
      case 'forward':
        this.#forward(clusterPlan(this.context, decision));
    }
  }

  #forward(plan: Plan): void {
    this.#forwarding = new Forwarding(this.context, plan, this.#answer, this.#outcome);
    this.#forwarding.start();
  }
}
