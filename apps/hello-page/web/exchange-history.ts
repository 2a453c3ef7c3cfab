import type { Exchange } from './exchange.js';

/** The last exchanges, by sequence and by request id; the oldest is forgotten when a new one has no room. */
export class ExchangeHistory {
  readonly #capacity: number;
  readonly #slots: Exchange[] = [];
  readonly #byRequestId = new Map<string, Exchange>();
  #newest = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The newest sequence; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** Adds the next exchange; its sequence is the newest plus one. */
  add(exchange: Exchange): void {
    const slot = exchange.sequence % this.#capacity;
    const forgotten = this.#slots[slot];
    if (forgotten) this.#byRequestId.delete(forgotten.requestId);
    this.#slots[slot] = exchange;
    this.#byRequestId.set(exchange.requestId, exchange);
    this.#newest = exchange.sequence;
  }

  /** The exchange of that sequence, if it is still remembered. */
  at(sequence: number): Exchange | undefined {
    const exchange = this.#slots[sequence % this.#capacity];
    return exchange?.sequence === sequence ? exchange : undefined;
  }

  /** The exchange of that request id, if it is still remembered. */
  withRequestId(requestId: string): Exchange | undefined {
    return this.#byRequestId.get(requestId);
  }

  /** Forgets everything; the next sequence is 1. */
  clear(): void {
    this.#slots.length = 0;
    this.#byRequestId.clear();
    this.#newest = 0;
  }
}
