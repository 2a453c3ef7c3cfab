/** A seeded source of chance, so that a failure can be seen again (mulberry32). */
export class Random {
  constructor(private state: number) {}

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** How many of so many requests it hits. Exact: gaps between hits are geometric. */
  binomial(requests: number, rate: number): number {
    if (rate <= 0 || requests <= 0) return 0;
    if (rate >= 1) return requests;
    if (rate > 0.5) return requests - this.binomial(requests, 1 - rate);
    const log = Math.log1p(-rate);
    let at = -1;
    for (let hits = 0; ; hits++) {
      at += 1 + Math.floor(Math.log1p(-this.next()) / log);
      if (at >= requests) return hits;
    }
  }
}
