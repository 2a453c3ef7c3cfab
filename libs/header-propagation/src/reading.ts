import { type Captured, NOTHING_CAPTURED } from './captured.js';

/** The values of one request, taken when it arrived and checked when somebody first asks. */
export class Reading {
  #captured: Captured | undefined;
  #settle: (() => Captured) | undefined;

  /** @param settle undefined for a request that brings nothing */
  constructor(settle?: () => Captured) {
    this.#settle = settle;
  }

  /** What was captured before, as a request of its own. */
  static of(captured: Captured): Reading {
    const reading = new Reading();
    reading.replace(captured);
    return reading;
  }

  captured(): Captured {
    if (this.#settle !== undefined) {
      this.#captured = this.#settle();
      // A timer may keep this for long; it need not keep the request.
      this.#settle = undefined;
    }
    return this.#captured ?? NOTHING_CAPTURED;
  }

  /** From now on, this is what the request gave. */
  replace(captured: Captured): void {
    this.#settle = undefined;
    this.#captured = captured;
  }
}
