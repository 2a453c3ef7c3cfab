import fc from 'fast-check';
import { shareOf, splitWeights } from './split-weights.js';

const rows: [current: number[], index: number, percent: number, expected: number[]][] = [
  [[90, 10], 1, 25, [75, 25]],
  [[90, 10], 1, 0, [100, 0]],
  [[90, 10], 1, 100, [0, 100]],
  [[90, 10], 1, 0.1, [999, 1]],
  [[100, 0], 1, 33.3333, [666_667, 333_333]],
  [[100, 0], 1, 0.0001, [999_999, 1]],
  [[1, 0], 1, 50, [1, 1]],
  [[1000, 0], 1, 0.1, [999, 1]],
  [[50, 40, 10], 2, 50, [5, 4, 9]],
  [[50, 40, 10], 2, 100, [0, 0, 100]],
  [[900, 720, 180], 2, 50, [500, 400, 900]],
  [[0, 100], 1, 50, [50, 50]],
  [[0, 0], 1, 50, [1, 1]],
];

describe('weights for a share', () => {
  it.each(rows)('%j, destination %i at %d %%: %j', (current, index, percent, expected) => {
    expect(splitWeights(current, index, percent, 0)).toEqual({ kind: 'weights', weights: expected });
  });

  const weights = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 2, maxLength: 6 });
  const parts = fc.integer({ min: 0, max: 1_000_000 });

  it('are exact, keep the shares of the others among themselves, and keep the total where it fits', () => {
    fc.assert(
      fc.property(weights, fc.nat(), parts, (current, at, part) => {
        const index = at % current.length;
        const fallback = (index + 1) % current.length;
        const split = splitWeights(current, index, part / 10_000, fallback);
        if (split.kind === 'refused') return;
        const total = split.weights.reduce((sum, weight) => sum + weight, 0);
        expect(BigInt(split.weights[index] ?? 0) * 1_000_000n).toBe(BigInt(part) * BigInt(total));
        const others = current.map((weight, other) => (other === index ? 0 : weight));
        if (others.some((weight) => weight > 0))
          for (const [a, x] of others.entries())
            for (const [b, y] of others.entries())
              if (a !== index && b !== index)
                expect((split.weights[a] ?? 0) * y).toBe((split.weights[b] ?? 0) * x);
        const before = current.reduce((sum, weight) => sum + weight, 0);
        const divisor = split.weights.reduce((a, b) => (b === 0 ? a : gcd(a, b)), 0);
        const smallest = total / divisor;
        expect(total).toBe(before > 0 && before % smallest === 0 ? before : smallest);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('are refused only above a million, with the nearest share that has some', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 999_999 }), (current, part) => {
        const split = splitWeights(current, 0, part / 10_000, 1);
        if (split.kind === 'weights') return;
        expect(splitWeights(current, 0, split.nearest, 1).kind).toBe('weights');
        const away = Math.abs(Math.round(split.nearest * 10_000) - part);
        for (let closer = 1; closer < away; closer++)
          for (const near of [part - closer, part + closer])
            if (near > 0) expect(splitWeights(current, 0, near / 10_000, 1).kind).toBe('refused');
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

it('a share is that of the total', () => {
  expect(shareOf([90, 10], 1)).toBe(10);
  expect(shareOf([0, 0], 1)).toBe(0);
});

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
