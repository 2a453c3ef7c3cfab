/** A source of chance that one seed always makes the same (mulberry32), so that a failure or a table can be seen again. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to `below - 1`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** True with a probability in [0, 1]. */
  is(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of a list that is not empty. */
  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** How many of so many trials hit. Exact: by the gaps between hits where they are few, else by Hormann's transformed rejection (BTRS, 1993). */
  binomial(trials: number, rate: number): number {
    if (rate <= 0 || trials <= 0) return 0;
    if (rate >= 1) return trials;
    if (rate > 0.5) return trials - this.binomial(trials, 1 - rate);
    return trials * rate < 10 ? this.fewHits(trials, rate) : this.manyHits(trials, rate);
  }

  /** The limit of the binomial for many trials that hit rarely. */
  poisson(mean: number): number {
    return this.binomial(1e9, mean / 1e9);
  }

  private fewHits(trials: number, rate: number): number {
    const log = Math.log1p(-rate);
    let at = -1;
    for (let hits = 0; ; hits++) {
      at += 1 + Math.floor(Math.log1p(-this.next()) / log);
      if (at >= trials) return hits;
    }
  }

  private manyHits(n: number, p: number): number {
    const odds = p / (1 - p);
    const deviation = Math.sqrt(n * p * (1 - p));
    const b = 1.15 + 2.53 * deviation;
    const a = -0.0873 + 0.0248 * b + 0.01 * p;
    const alpha = (2.83 + 5.1 / b) * deviation;
    const mode = Math.floor((n + 1) * p);
    for (;;) {
      const u = this.next() - 0.5;
      const v = this.next();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
      if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k;
      if (k < 0 || k > n) continue;
      const bound =
        (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
        (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
        (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
        stirlingRest(mode) +
        stirlingRest(n - mode) -
        stirlingRest(k) -
        stirlingRest(n - k);
      if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
    }
  }
}

/** What Stirling's formula leaves of ln k!. */
function stirlingRest(k: number): number {
  if (k < 10) return smallRests[k] ?? 0;
  const inverse = 1 / (k + 1);
  const square = inverse * inverse;
  return (1 / 12 - (1 / 360 - square / 1260) * square) * inverse;
}

const smallRests = Array.from({ length: 10 }, (_, k) => {
  const logFactorial = Array.from({ length: k }, (_unused, i) => Math.log(i + 1)).reduce(
    (sum, log) => sum + log,
    0,
  );
  return logFactorial - ((k + 0.5) * Math.log(k + 1) - (k + 1) + 0.5 * Math.log(2 * Math.PI));
});
