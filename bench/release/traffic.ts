import type { Random } from '@grayscale/seeded-random';

/** What both arms answer. Rates of failures are fractions of 1. */
export interface Traffic {
  /** Requests a second, both arms together. */
  rate: number;
  /** Of the canary, as a fraction of 1. */
  share: number;
  stable: number;
  canary: number;
  pattern: Pattern;
}

export const patterns = ['independent', 'bursts', 'long bursts', 'outages', 'retries', 'daily'] as const;

/**
 * - `independent`: each request fails by itself.
 * - `bursts`: failures come ten at a time on one arm, within one look.
 * - `long bursts`: nine at a time on one arm, over three looks.
 * - `outages`: every ten minutes everything fails for half a minute, and the canary's counts show it a look earlier than stable's.
 * - `retries`: who fails tries again at once, up to three times, and fails again every other time.
 * - `daily`: traffic and failures swing by nine tenths over the run, together.
 */
export type Pattern = (typeof patterns)[number];

export function traffic(
  rate: number,
  share: number,
  stable: number,
  canary: number,
  pattern: Pattern = 'independent',
): Traffic {
  return { rate, share, stable, canary, pattern };
}

export interface Arm {
  requests: number;
  bad: number;
}

export interface Look {
  canary: Arm;
  stable: Arm;
}

/** The time between two looks, in seconds: the usual scrape interval. */
export const lookSeconds = 15;
const outageEvery = 40;
const outageLooks = 2;

/** The looks of one run, one after the other. */
export class Run {
  private at = -1;
  private readonly laterBad: [canary: number, stable: number][] = [];

  private readonly traffic: Traffic;
  private readonly random: Random;
  private readonly day: number;

  /** @param day how many looks a whole swing of the day takes. */
  constructor(traffic: Traffic, random: Random, day: number) {
    this.traffic = traffic;
    this.random = random;
    this.day = day;
  }

  next(): Look {
    this.at++;
    const { rate, share, pattern } = this.traffic;
    const swing = pattern === 'daily' ? 1 + 0.9 * Math.sin((2 * Math.PI * this.at) / this.day) : 1;
    const requests = this.random.poisson(rate * lookSeconds * swing);
    const canary = this.random.binomial(requests, share);
    const look = {
      canary: { requests: canary, bad: 0 },
      stable: { requests: requests - canary, bad: 0 },
    };
    this.fail(look, swing);
    return look;
  }

  private fail({ canary, stable }: Look, swing: number): void {
    const { pattern } = this.traffic;
    if (pattern === 'bursts') this.burst(canary, stable, 10, 1);
    else if (pattern === 'long bursts') this.burst(canary, stable, 3, 3);
    else {
      canary.bad = this.random.binomial(canary.requests, Math.min(1, this.traffic.canary * swing));
      stable.bad = this.random.binomial(stable.requests, Math.min(1, this.traffic.stable * swing));
    }
    if (pattern === 'retries') this.retry(canary, stable);
    if (pattern === 'outages') {
      if (this.isOut(this.at)) canary.bad = canary.requests;
      if (this.isOut(this.at - 1)) stable.bad = stable.requests;
    }
  }

  private isOut(look: number): boolean {
    return look >= 10 && (look - 10) % outageEvery < outageLooks;
  }

  private burst(canary: Arm, stable: Arm, size: number, looks: number): void {
    const bursts = (arm: Arm, rate: number) =>
      this.random.poisson((arm.requests * rate) / (size * looks)) * size;
    const [c, s] = [bursts(canary, this.traffic.canary), bursts(stable, this.traffic.stable)];
    for (let later = 0; later < looks; later++) {
      const [before, after] = this.laterBad[this.at + later] ?? [0, 0];
      this.laterBad[this.at + later] = [before + c, after + s];
    }
    const [canaryBad, stableBad] = this.laterBad[this.at] ?? [0, 0];
    canary.bad = Math.min(canary.requests, canaryBad);
    stable.bad = Math.min(stable.requests, stableBad);
  }

  /** A request that is tried again is a request: it may go to the other arm. */
  private retry(canary: Arm, stable: Arm): void {
    let failed = canary.bad + stable.bad;
    for (let attempt = 0; attempt < 3; attempt++) {
      const toCanary = this.random.binomial(failed, this.traffic.share);
      const toStable = failed - toCanary;
      const [c, s] = [this.random.binomial(toCanary, 0.5), this.random.binomial(toStable, 0.5)];
      canary.requests += toCanary;
      canary.bad += c;
      stable.requests += toStable;
      stable.bad += s;
      failed = c + s;
    }
  }
}
