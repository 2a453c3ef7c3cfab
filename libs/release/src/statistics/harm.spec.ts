import { Random } from '@grayscale/seeded-random';
import fc from 'fast-check';
import { addLook, decisiveEvidence, type Exposure, noHarm, rawEvidence } from './harm.js';
import { logGamma } from './special-functions.js';

function probability(n: number, k: number, p: number): number {
  if (p === 0 || p === 1) return k === p * n ? 1 : 0;
  return Math.exp(
    logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p),
  );
}

function exposure(canary: [number, number], stable: [number, number], caller = 'a'): Exposure {
  return {
    caller,
    canary: { requests: canary[0], bad: canary[1] },
    stable: { requests: stable[0], bad: stable[1] },
  };
}

/** The mean of each alternative's likelihood ratio after one look, summed over all that can happen. */
function means(n: number, N: number, p: number, P: number, ratio: number): number[] {
  const sums = noHarm.logs.map(() => 0);
  for (let x = 0; x <= n; x++)
    for (let X = 0; X <= N; X++) {
      const { logs } = addLook(noHarm, ratio, [exposure([n, x], [N, X])]);
      const weight = probability(n, x, p) * probability(N, X, P);
      logs.forEach((log, index) => {
        sums[index] = (sums[index] ?? 0) + weight * Math.exp(log);
      });
    }
  return sums;
}

describe('the test against stable', () => {
  it('is at most 1 in the mean for a canary within its ratio, by all that can happen', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 15 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(1, 1.5, 3, 20),
        (n, N, P, part, ratio) => {
          const p = part * Math.min(1, ratio * P);
          for (const mean of means(n, N, p, P, ratio)) expect(mean).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it('grows in the mean for a canary beyond it', () => {
    expect(Math.max(...means(20, 20, 0.9, 0.1, 1.5))).toBeGreaterThan(10);
  });

  it('learns nothing from a look with one arm alone', () => {
    expect(addLook(noHarm, 1.5, [exposure([10, 10], [0, 0]), exposure([0, 0], [10, 10])])).toEqual(noHarm);
  });

  it('aborts at 4 of 4 failures at a 10 % share, 2 at 1 %, 11 to 14 at 50 %, counted one by one', () => {
    const needed = (share: [number, number]) => {
      let harm = noHarm;
      for (let count = 1; ; count++) {
        harm = addLook(harm, 1.5, [exposure([share[0], share[0]], [share[1], 0])]);
        if (rawEvidence(harm) >= Math.log(300)) return count;
      }
    };
    expect(needed([1, 9])).toBe(4);
    expect(needed([1, 99])).toBe(2);
    expect(needed([1, 1])).toBeGreaterThanOrEqual(11);
    expect(needed([1, 1])).toBeLessThanOrEqual(14);
  });

  it('does not accuse a canary of what one caller does to both arms', () => {
    // Two callers, equal arms: one fails often and sends half to the canary, the other never fails and sends a hundredth.
    const random = new Random(3);
    let [apart, pooled] = [noHarm, noHarm];
    for (let look = 0; look < 300; look++) {
      const often = exposure([50, random.binomial(50, 0.2)], [50, random.binomial(50, 0.2)], 'often');
      const never = exposure([1, 0], [99, 0], 'never');
      apart = addLook(apart, 1.5, [often, never]);
      const sum = (a: number, b: number) => a + b;
      pooled = addLook(pooled, 1.5, [
        exposure([sum(50, 1), often.canary.bad], [sum(50, 99), often.stable.bad]),
      ]);
    }
    expect(rawEvidence(apart)).toBeLessThan(0);
    expect(rawEvidence(pooled)).toBeGreaterThan(Math.log(300));
  });

  it('reaches 1 in 20 at some of 400 looks with at most 1 in 20 of the runs, whatever the weights do', () => {
    const random = new Random(5);
    let crossed = 0;
    for (let run = 0; run < 300; run++) {
      let harm = noHarm;
      for (let look = 0; look < 400; look++) {
        const [n, N] = [2 + (look % 40), 60 - (look % 40)];
        harm = addLook(harm, 1, [exposure([n, random.binomial(n, 0.03)], [N, random.binomial(N, 0.03)])]);
        if (rawEvidence(harm) < Math.log(20)) continue;
        crossed++;
        break;
      }
    }
    // The upper 99 % end of 300 runs at 5 % is 24.
    expect(crossed).toBeLessThanOrEqual(24);
  });

  it('decides by no more than the proof has', () => {
    const look = fc.tuple(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 30 }),
      fc.nat(30),
      fc.nat(30),
    );
    fc.assert(
      fc.property(
        fc.array(look, { maxLength: 30 }),
        fc.double({ min: 1, max: 25, noNaN: true }),
        (looks, dispersion) => {
          const harm = looks.reduce(
            (sum, [n, N, x, X]) => addLook(sum, 1.5, [exposure([n, Math.min(n, x)], [N, Math.min(N, X)])]),
            noHarm,
          );
          const decisive = decisiveEvidence(harm, dispersion);
          if (decisive > 0) expect(decisive).toBeLessThanOrEqual(rawEvidence(harm) + 1e-9);
        },
      ),
      { seed: 6, numRuns: 500 },
    );
  });

  it('does not decide by one look alone', () => {
    const outage = addLook(noHarm, 1.5, [exposure([100, 100], [900, 0])]);
    expect(rawEvidence(outage)).toBeGreaterThan(Math.log(1e9));
    expect(decisiveEvidence(outage, 1)).toBeLessThanOrEqual(0);
  });
});
