import { LoadGenerator, type Timers } from './load-generator.js';

/** A clock that moves only when told. */
class ManualTimers implements Timers {
  #now = 0;
  #pending: { at: number; callback: () => void } | undefined;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    this.#pending = { at: this.#now + milliseconds, callback };
    return this.#pending;
  }

  clearTimeout(timer: unknown): void {
    if (timer === this.#pending) this.#pending = undefined;
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    while (this.#pending && this.#pending.at <= end) {
      const { at, callback } = this.#pending;
      this.#pending = undefined;
      this.#now = Math.max(this.#now, at);
      callback();
    }
    this.#now = end;
  }

  /** The tab was frozen: time went by and no timer fired until now. */
  stall(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

function generator(rate: number, maximumInFlight = 1000) {
  const timers = new ManualTimers();
  const finish: Array<() => void> = [];
  const load = new LoadGenerator({
    timers,
    rate,
    maximumInFlight,
    send: () => new Promise((resolve) => finish.push(resolve)),
  });
  return { timers, finish, load };
}

describe('LoadGenerator', () => {
  it.each([1, 7, 50])('sends %i requests in a second at that rate', (rate) => {
    const { timers, finish, load } = generator(rate);
    load.start();
    timers.advance(1000.001);
    expect(finish).toHaveLength(rate);
  });

  it('sends nothing before start and after stop', () => {
    const { timers, finish, load } = generator(50);
    timers.advance(1000);
    load.start();
    load.stop();
    timers.advance(1000);
    expect(finish).toHaveLength(0);
    expect(load.running).toBe(false);
  });

  it('starts once, however often it is told', () => {
    const { timers, finish, load } = generator(10);
    load.start();
    load.start();
    timers.advance(1000.001);
    expect(finish).toHaveLength(10);
  });

  it('follows a new rate at once', () => {
    const { timers, finish, load } = generator(1);
    load.start();
    timers.advance(500);
    load.rate = 50;
    timers.advance(100.001);
    expect(finish).toHaveLength(5);
  });

  it('does not make up for a stall', () => {
    const { timers, finish, load } = generator(10);
    load.start();
    timers.stall(60_000);
    timers.advance(0);
    timers.advance(1000.001);
    expect(finish.length).toBeLessThanOrEqual(12);
  });

  it('holds back while too many wait, says how many, and goes on when one is answered', async () => {
    const { timers, finish, load } = generator(10, 2);
    load.start();
    timers.advance(1000.001);
    expect(finish).toHaveLength(2);
    expect(load.takeHeldBack()).toBe(8);
    expect(load.takeHeldBack()).toBe(0);
    finish[0]?.();
    await new Promise(process.nextTick);
    timers.advance(100.001);
    expect(finish).toHaveLength(3);
  });
});
