import { Random } from '@grayscale/seeded-random';

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

it('makes the same numbers for the same seed, those of mulberry32', () => {
  const numbers = (seed: number) => {
    const random = new Random(seed);
    return many(3, () => random.next() * 2 ** 32);
  };
  // Of the published algorithm, seed 1.
  expect(numbers(1)).toEqual([2693262067, 11749833, 2265367787]);
  expect(numbers(2)).not.toEqual(numbers(1));
});

it.each([
  { trials: 1_000_000, rate: 0.000_005, how: 'few hits' },
  { trials: 400, rate: 0.3, how: 'many hits' },
  { trials: 400, rate: 0.9, how: 'nearly all of them' },
])('draws binomial numbers with the right mean and variance: $how', ({ trials, rate }) => {
  const random = new Random(3);
  const drawn = many(20_000, () => random.binomial(trials, rate));
  const variance = trials * rate * (1 - rate);
  // Five standard deviations of what 20,000 draws show.
  expect(Math.abs(mean(drawn) - trials * rate)).toBeLessThan(5 * Math.sqrt(variance / 20_000));
  const shown = mean(drawn.map((value) => (value - trials * rate) ** 2));
  expect(Math.abs(shown / variance - 1)).toBeLessThan(5 * Math.sqrt((2 + 1 / variance) / 20_000));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThanOrEqual(trials);
});

it('draws from lists and whole numbers evenly', () => {
  const random = new Random(4);
  const counts = Map.groupBy(
    many(30_000, () => random.one(['a', 'b', 'c'])),
    (value) => value,
  );
  for (const list of counts.values())
    expect(Math.abs(list.length - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (2 / 9)));
  expect(new Set(many(1000, () => random.below(4)))).toEqual(new Set([0, 1, 2, 3]));
  expect(mean(many(10_000, () => Number(random.is(0.25))))).toBeCloseTo(0.25, 1);
});
