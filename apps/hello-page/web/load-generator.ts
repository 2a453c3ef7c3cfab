/** Time as an argument, so that a test can be exact. `window` fits. */
export interface Timers {
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface LoadGeneratorOptions {
  /** Sends one request; must not reject. */
  send(): Promise<void>;
  timers: Timers;
  /** Requests a second. */
  rate: number;
  /** No request is sent while this many wait for their answer. */
  maximumInFlight: number;
}

/** Sends at a steady rate: no drift, no burst to catch up after a stall, and never more in flight than allowed. */
export class LoadGenerator {
  readonly #options: LoadGeneratorOptions;
  #rate: number;
  #timer: unknown;
  #due = 0;
  #inFlight = 0;
  #heldBack = 0;

  constructor(options: LoadGeneratorOptions) {
    this.#options = options;
    this.#rate = options.rate;
  }

  get running(): boolean {
    return this.#timer !== undefined;
  }

  /** Requests not sent since the last look because too many were waiting; looking sets it to 0. */
  takeHeldBack(): number {
    const heldBack = this.#heldBack;
    this.#heldBack = 0;
    return heldBack;
  }

  /** Requests a second; a change counts from the next request on. */
  set rate(rate: number) {
    this.#rate = rate;
    if (!this.running) return;
    this.stop();
    this.start();
  }

  start(): void {
    if (this.running) return;
    this.#due = this.#options.timers.now() + 1000 / this.#rate;
    this.#schedule();
  }

  /** Sends no more; what is in flight finishes. */
  stop(): void {
    this.#options.timers.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const { timers } = this.#options;
    this.#timer = timers.setTimeout(() => this.#tick(), Math.max(0, this.#due - timers.now()));
  }

  #tick(): void {
    const interval = 1000 / this.#rate;
    // What a stalled tab missed is gone: a burst would say more about the browser than about the release.
    this.#due = Math.max(this.#due + interval, this.#options.timers.now());
    this.#schedule();
    if (this.#inFlight >= this.#options.maximumInFlight) {
      this.#heldBack++;
      return;
    }
    this.#inFlight++;
    void this.#options.send().finally(() => {
      this.#inFlight--;
    });
  }
}
