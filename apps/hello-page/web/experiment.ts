import { answerKey, errorKey, ShareRecorder } from './chart/share-series.js';
import type { Exchange, FinishedExchange, Outcome } from './exchange.js';
import { ExchangeHistory } from './exchange-history.js';
import { Ledger } from './ledger.js';
import type { RequestDecision } from './mesh/decision-event.js';
import { DestinationAnswers, type WantedAnswers } from './mesh/destination-answers.js';
import type { Explanation, RulesState } from './mesh/mesh-client.js';
import { type ShareRow, shareRows } from './share-rows.js';

/** More than any screen shows; older requests are forgotten. */
const rememberedExchanges = 4000;

/** The mesh's word may overtake the page's own note of a request by a moment, never by this many. */
const rememberedDecisions = 200;

/** All that the page knows of the release that it watches; no time, no network and no screen in here. */
export class Experiment {
  readonly history = new ExchangeHistory(rememberedExchanges);
  readonly answers = new DestinationAnswers();
  readonly ledger: Ledger;
  readonly #recorder = new ShareRecorder();
  readonly #early = new Map<string, RequestDecision>();
  #rules: RulesState | undefined;
  #explanation: Explanation | 'awaited' | undefined = 'awaited';

  constructor(now: number) {
    this.ledger = new Ledger(now);
  }

  get rules(): RulesState | undefined {
    return this.#rules;
  }

  /** Undefined while it is awaited, and where the mesh gave none. */
  get explanation(): Explanation | undefined {
    return this.#explanation === 'awaited' ? undefined : this.#explanation;
  }

  /** The mesh has been asked, or is about to be. */
  get isExplanationAwaited(): boolean {
    return this.#explanation === 'awaited';
  }

  /** What the rules want of each answer; undefined where no rule says it. */
  get wanted(): WantedAnswers | undefined {
    return this.explanation && this.answers.wanted(this.explanation.destinations);
  }

  /** A request is on its way. */
  send(requestId: string, name: string, now: number): Exchange {
    const period = this.ledger.period.number;
    const exchange: Exchange = { sequence: this.history.newest + 1, requestId, name, period, sentAt: now };
    this.history.add(exchange);
    return exchange;
  }

  /** Its outcome is there; one that was sent before a reset no longer counts. */
  finish(exchange: Exchange, outcome: Outcome, latencyMs: number): void {
    if (this.history.withRequestId(exchange.requestId) !== exchange) return;
    const finished: FinishedExchange = Object.assign(exchange, { outcome, latencyMs });
    const decision = this.#early.get(exchange.requestId);
    this.#early.delete(exchange.requestId);
    if (decision) exchange.decision = decision;
    this.ledger.record(finished);
    this.#recorder.want(this.#wantedLines());
    this.#recorder.record(
      outcome.kind === 'answer' ? answerKey(outcome.text) : errorKey,
      exchange.sentAt + latencyMs,
    );
    this.#learn(finished);
  }

  /** The mesh told what it decided for a request; of other clients' requests nothing is kept. */
  decide(decision: RequestDecision): void {
    const exchange = this.history.withRequestId(decision.requestId);
    if (!exchange) return;
    if (!exchange.outcome) {
      this.#early.set(decision.requestId, decision);
      if (this.#early.size > rememberedDecisions) this.#early.delete(this.#early.keys().next().value ?? '');
      return;
    }
    if (exchange.decision) return;
    exchange.decision = decision;
    this.ledger.recordDecision(exchange);
    this.#learn(exchange);
  }

  /** The mesh told which rules are in force; true when they are others than before. */
  observeRules(rules: RulesState, now: number): boolean {
    const changed = this.#rules !== undefined && this.#rules.hash !== rules.hash;
    this.#rules = rules;
    if (changed) this.#begin('rule', now);
    return changed;
  }

  /** Someone else asks from now on. */
  changeName(now: number): void {
    this.#begin('name', now);
  }

  /** What the rules want for the name in force; undefined where the mesh gives no explanation. */
  explain(explanation: Explanation | undefined): void {
    this.#want(explanation);
  }

  reset(now: number): void {
    this.history.clear();
    this.#early.clear();
    this.#recorder.clear();
    this.ledger.reset(now);
  }

  rows(): ShareRow[] {
    return shareRows(this.ledger, this.wanted);
  }

  series(now: number): ReturnType<ShareRecorder['series']> {
    return this.#recorder.series(now);
  }

  #begin(cause: 'rule' | 'name', now: number): void {
    // Until the new explanation is there, nothing is wanted: better silent than wrong.
    this.#want('awaited');
    this.ledger.beginPeriod(cause, now);
    this.#recorder.mark(cause, now);
  }

  #want(explanation: Explanation | 'awaited' | undefined): void {
    this.#explanation = explanation;
    this.#recorder.want(this.#wantedLines());
  }

  #learn({ outcome, decision }: Exchange): void {
    if (outcome?.kind === 'answer' && decision?.destination)
      this.answers.learn(decision.destination, outcome.text);
  }

  #wantedLines(): Map<string, number> {
    return new Map([...(this.wanted?.shares ?? [])].map(([answer, share]) => [answerKey(answer), share]));
  }
}
