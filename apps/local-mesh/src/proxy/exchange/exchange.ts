import type { Decision } from '@grayscale/traffic-rules';
import type { BodySink } from '../message/body-sink.js';
import type { MalformedMessage } from '../message/malformed-message.js';
import { reasonPhrase } from '../message/reason-phrase.js';
import { Answer } from './answer.js';
import { cors } from './filters/cors.js';
import { fault } from './filters/fault.js';
import type { Filter, Filtered, Running } from './filters/filter.js';
import { router } from './filters/router.js';
import { replies } from './local-reply.js';
import { Outcome } from './outcome.js';
import type { RequestContext } from './request-context.js';

/** In Envoy's order. */
const filters: readonly Filter[] = [fault, cors, router];

/** One request from its head to its answer's last byte: a decision, and the filters that act on it. */
export class Exchange implements BodySink {
  readonly #outcome = new Outcome();
  readonly #answer: Answer;
  /** What the filter that has the request is at. */
  #running: Running | undefined;
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
    this.context.body.end(trailers);
  }

  onClientDrain(): void {
    this.#running?.onClientDrain?.();
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
    this.#answer.reply({ status, body: reasonPhrase(status), flag: 'DPE', details }, []);
  }

  /** Nothing has moved for too long. */
  onStreamIdle(): void {
    this.#stop();
    if (this.answering) this.#answer.abort('stream_idle_timeout');
    else this.#answer.reply(this.context.body.complete ? replies.streamTimeout : replies.requestTimeout, []);
  }

  #stop(): void {
    this.#running?.cancel();
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
    const { context } = this;
    this.#pass({ context, decision, answer: this.#answer, outcome: this.#outcome }, 0);
  }

  #pass(filtered: Filtered, index: number): void {
    const filter = filters[index] as Filter;
    const running = filter(filtered, () => this.#pass(filtered, index + 1));
    // What a later filter has under way, called by this one, stays.
    if (running !== undefined) this.#running = running;
  }
}
