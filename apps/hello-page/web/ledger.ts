import { type Exchange, type FinishedExchange, isFinished } from './exchange.js';
import { percentile } from './statistics/percentile.js';

/** What answered, counted. */
export interface Tally {
  requests: number;
  errors: number;
  answers: Map<string, number>;
  /** Failures by status; 0: no answer from hello-page. */
  statuses: Map<number, number>;
}

/** Why the statistics began anew. */
export type PeriodCause = 'start' | 'rule' | 'name';

/** The time since something changed what the answers ought to be. */
export interface Period extends Tally {
  number: number;
  cause: PeriodCause;
  /** Milliseconds since the epoch. */
  since: number;
  /** Failures that the mesh attributed to a destination. */
  failuresByDestination: Map<string, number>;
}

/** How many of the latest requests "the last N" means. */
export const recentCount = 100;

/** How many of the latest latencies the percentiles cover. */
const latencyCount = 500;

/**
 * Counts outcomes since the start, in the current period, and among the last requests; bounded, however long it runs.
 * A request counts for the period that it was sent in, so that what an old rule decided is not counted for a new one.
 */
export class Ledger {
  readonly #finished: FinishedExchange[] = [];
  #total = emptyTally();
  #period: Period;

  constructor(now: number) {
    this.#period = emptyPeriod(0, 'start', now);
  }

  get total(): Readonly<Tally> {
    return this.#total;
  }

  get period(): Readonly<Period> {
    return this.#period;
  }

  /** Counts an exchange that has just got its outcome; its decision may be there already. */
  record(exchange: FinishedExchange): void {
    count(this.#total, exchange);
    this.#finished.push(exchange);
    if (this.#finished.length > latencyCount) this.#finished.shift();
    if (exchange.period !== this.#period.number) return;
    count(this.#period, exchange);
    this.#attributeFailure(exchange);
  }

  /** To be called when the decision of an exchange arrives after its outcome. */
  recordDecision(exchange: Exchange): void {
    if (isFinished(exchange) && exchange.period === this.#period.number) this.#attributeFailure(exchange);
  }

  beginPeriod(cause: PeriodCause, now: number): void {
    this.#period = emptyPeriod(this.#period.number + 1, cause, now);
  }

  reset(now: number): void {
    this.#total = emptyTally();
    this.#finished.length = 0;
    this.beginPeriod('start', now);
  }

  /** The last requests, at most `recentCount`, oldest first. */
  recent(): Tally {
    const tally = emptyTally();
    for (const exchange of this.#finished.slice(-recentCount)) count(tally, exchange);
    return tally;
  }

  /** In milliseconds, over the latest requests; undefined before the first. */
  latency(percent: number): number | undefined {
    return percentile(
      this.#finished.map((exchange) => exchange.latencyMs),
      percent,
    );
  }

  #attributeFailure({ outcome, decision }: FinishedExchange): void {
    if (outcome.kind !== 'error' || !decision?.destination) return;
    increment(this.#period.failuresByDestination, decision.destination);
  }
}

function emptyTally(): Tally {
  return { requests: 0, errors: 0, answers: new Map(), statuses: new Map() };
}

function emptyPeriod(number: number, cause: PeriodCause, since: number): Period {
  return { ...emptyTally(), number, cause, since, failuresByDestination: new Map() };
}

function count(tally: Tally, { outcome }: FinishedExchange): void {
  tally.requests++;
  if (outcome.kind === 'answer') {
    increment(tally.answers, outcome.text);
  } else {
    tally.errors++;
    increment(tally.statuses, outcome.status);
  }
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
