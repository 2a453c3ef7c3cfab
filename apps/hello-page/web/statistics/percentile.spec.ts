import { percentile } from './percentile.js';

describe('percentile', () => {
  const oneToHundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    { percent: 0, value: 1 },
    { percent: 50, value: 50 },
    { percent: 95, value: 95 },
    { percent: 100, value: 100 },
  ])('$percent of 1-100 is $value', ({ percent, value }) => {
    expect(percentile(oneToHundred, percent)).toBe(value);
  });

  it('is the only value of one', () => {
    expect(percentile([7], 95)).toBe(7);
  });

  it('is a number that was seen, and sorts as numbers do', () => {
    expect(percentile([9, 10, 100], 50)).toBe(10);
  });

  it('is undefined without values', () => {
    expect(percentile([], 50)).toBeUndefined();
  });
});
