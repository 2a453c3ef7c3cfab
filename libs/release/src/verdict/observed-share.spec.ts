import { contradictsShare, swallowedEvidence } from './observed-share.js';

it.each([
  ['without a request nothing', 0, 0, 10, false],
  ['a little less than a tenth below, ever so often', 1_000_000, 91_000, 10, false],
  ['half of it, of few', 100, 5, 10, false],
  ['half of it, of many', 2000, 100, 10, true],
  ['twice as much, of few', 20, 4, 10, false],
  ['twice as much, of many', 2000, 400, 10, true],
  ['none of it, of many', 2000, 0, 10, true],
])('%s contradicts a share', (_, requests, bad, percent, contradicts) => {
  expect(contradictsShare({ requests, bad }, percent)).toBe(contradicts);
});

it('what is seen as often as the smaller share is not swallowed', () => {
  expect(swallowedEvidence({ requests: 0, bad: 0 }, 50, 10)).toBe(Number.NEGATIVE_INFINITY);
  // Between the share before and the written one: the new split may not be in force yet.
  expect(swallowedEvidence({ requests: 1000, bad: 100 }, 50, 10)).toBe(Number.NEGATIVE_INFINITY);
  expect(swallowedEvidence({ requests: 1000, bad: 91 }, 10, 50)).toBe(Number.NEGATIVE_INFINITY);
  expect(swallowedEvidence({ requests: 1000, bad: 10 }, 50, 10)).toBeGreaterThan(Math.log(1000));
});
