import { Random } from '@grayscale/seeded-random';
import fc from 'fast-check';
import { evidenceAbove, evidenceBelow, rateInterval, requestsNeeded } from './rate-evidence.js';
import { logGamma } from './special-functions.js';

const rate = fc.double({ min: 0.001, max: 0.999, noNaN: true });

/** How probable it is that so many of the requests are bad, if each has a rate of its own. */
function distribution(rates: readonly number[]): number[] {
  return rates.reduce<number[]>(
    (before, p) =>
      Array.from(
        { length: before.length + 1 },
        (_, bad) => (before[bad] ?? 0) * (1 - p) + (before[bad - 1] ?? 0) * p,
      ),
    [1],
  );
}

function mean(rates: readonly number[], log: (bad: number) => number): number {
  return distribution(rates).reduce((sum, probability, bad) => sum + probability * Math.exp(log(bad)), 0);
}

describe('evidence about a rate', () => {
  it('is 1 in the mean at the rate itself, however many requests there are', () => {
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 60 }), (p, requests) => {
        const rates = Array.from({ length: requests }, () => p);
        expect(mean(rates, (bad) => evidenceAbove({ requests, bad }, p))).toBeCloseTo(1, 8);
        expect(mean(rates, (bad) => evidenceBelow({ requests, bad }, p))).toBeCloseTo(1, 8);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('is at most 1 in the mean where each request has a rate of its own on the allowed side', () => {
    fc.assert(
      fc.property(
        rate,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
        (p, parts) => {
          const requests = parts.length;
          const below = parts.map((part) => part * p);
          const above = parts.map((part) => p + part * (1 - p));
          expect(mean(below, (bad) => evidenceAbove({ requests, bad }, p))).toBeLessThanOrEqual(1 + 1e-9);
          expect(mean(above, (bad) => evidenceBelow({ requests, bad }, p))).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { seed: 2, numRuns: 100 },
    );
  });

  it('grows by one more request to its old value in the mean: it may be looked at any time', () => {
    fc.assert(
      fc.property(
        rate,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 500 }),
        (p, bad, good) => {
          const requests = bad + good;
          const next = (extra: number) =>
            Math.exp(
              evidenceAbove({ requests: requests + 1, bad: bad + extra }, p) -
                evidenceAbove({ requests, bad }, p),
            );
          expect(p * next(1) + (1 - p) * next(0)).toBeCloseTo(1, 6);
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('says what it must at the ends', () => {
    expect(evidenceAbove({ requests: 0, bad: 0 }, 0.1)).toBe(0);
    expect(evidenceAbove({ requests: 5, bad: 1 }, 0)).toBe(Number.POSITIVE_INFINITY);
    expect(evidenceBelow({ requests: 5, bad: 4 }, 1)).toBe(Number.POSITIVE_INFINITY);
    expect(evidenceBelow({ requests: 5, bad: 0 }, 0)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('reaches 1 in 20 at some of 2,000 looks with at most 1 in 20 of the runs', () => {
    const random = new Random(11);
    const runs = 300;
    let crossed = 0;
    for (let run = 0; run < runs; run++) {
      let bad = 0;
      for (let requests = 1; requests <= 2000; requests++) {
        if (random.next() < 0.02) bad++;
        else continue;
        // Only a bad request makes the evidence grow.
        if (evidenceAbove({ requests, bad }, 0.02) < Math.log(20)) continue;
        crossed++;
        break;
      }
    }
    // The upper 99 % end of 300 runs at 5 % is 24.
    expect(crossed).toBeLessThanOrEqual(24);
    expect(crossed).toBeGreaterThan(0);
  });
});

describe('requests that are needed', () => {
  it('are those of the documentation for 1 %', () => {
    expect([0, 1, 2, 5].map((bad) => requestsNeeded(0.01, 0.05, bad))).toEqual([377, 663, 883, 1436]);
    expect([0, 1, 2, 5].map((bad) => requestsNeeded(0.01, 0.0125, bad))).toEqual([532, 835, 1068, 1650]);
  });

  it('are the fewest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.5, noNaN: true }),
        fc.double({ min: 0.0001, max: 0.2, noNaN: true }),
        fc.integer({ min: 0, max: 20 }),
        (max, alpha, bad) => {
          const requests = requestsNeeded(max, alpha, bad);
          const shows = (n: number) =>
            bad < n * max && evidenceBelow({ requests: n, bad }, max) >= -Math.log(alpha);
          expect(shows(requests)).toBe(true);
          expect(requests === 1 || !shows(requests - 1)).toBe(true);
        },
      ),
      { seed: 4, numRuns: 60 },
    );
  });

  it('are not many more than a test that looks once would need', () => {
    for (const max of [0.001, 0.01, 0.1]) {
      const once = Math.log(0.0125) / Math.log1p(-max);
      expect(requestsNeeded(max, 0.0125)).toBeLessThan(1.3 * once);
    }
  });
});

describe('the interval', () => {
  it('holds exactly the rates that the tests do not reject', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        rate,
        (requests, part, p) => {
          const bad = Math.round(part * requests * 0.3);
          const { low, high } = rateInterval({ requests, bad }, 0.01);
          const wanted = Math.log(100);
          const tally = { requests, bad };
          if (p < bad / requests && Math.abs(p - low) > 1e-9)
            expect(evidenceAbove(tally, p) >= wanted).toBe(p < low);
          if (p > bad / requests && Math.abs(p - high) > 1e-9)
            expect(evidenceBelow(tally, p) >= wanted).toBe(p > high);
          expect(low <= bad / requests && bad / requests <= high).toBe(true);
        },
      ),
      { seed: 5, numRuns: 100 },
    );
  });

  it('is wider where failures come in bursts, and everything without requests', () => {
    const tally = { requests: 1000, bad: 20 };
    const [plain, bursts] = [rateInterval(tally, 0.01), rateInterval(tally, 0.01, 10)];
    expect(bursts.low).toBeLessThan(plain.low);
    expect(bursts.high).toBeGreaterThan(plain.high);
    expect(rateInterval({ requests: 0, bad: 0 }, 0.01)).toEqual({ low: 0, high: 1 });
  });
});

it('the distribution of the tests is the binomial one', () => {
  const [n, p] = [12, 0.3];
  const [, , , three] = distribution(Array.from({ length: n }, () => p));
  expect(three).toBeCloseTo(Math.exp(logGamma(13) - logGamma(4) - logGamma(10)) * p ** 3 * (1 - p) ** 9, 12);
});
