import fc from 'fast-check';
import { logBeta, logGamma, logIncompleteBeta, logMeanExp } from './special-functions.js';

/** ln of the integral by Simpson's rule under q = 1 / (1 + e^-u), where the integrand falls off at both ends. */
function integral(a: number, b: number, x: number): number {
  const [end, step] = [Math.log(x / (1 - x)), 0.1 / Math.max(a, b, 2)];
  const logs = Array.from({ length: 2 * Math.ceil((30 / a + 5) / step) }, (_, index) => {
    const u = end - index * step;
    const logQ = u > 0 ? -Math.log1p(Math.exp(-u)) : u - Math.log1p(Math.exp(u));
    const weight = index === 0 ? 1 : index % 2 === 1 ? 4 : 2;
    return a * logQ + b * (logQ - u) + Math.log((weight * step) / 3);
  });
  return logMeanExp(logs) + Math.log(logs.length);
}

it('ln of the gamma function is that of the factorials, and of the root of pi at a half', () => {
  let factorial = 0;
  for (let n = 1; n < 200; n++) {
    expect(logGamma(n)).toBeCloseTo(factorial, 10);
    factorial += Math.log(n);
  }
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
});

it('the incomplete beta function is the integral', () => {
  const shapes = [0.5, 1.5, 7.5, 40.5];
  for (const a of shapes)
    for (const b of shapes)
      for (const x of [0.001, 0.05, 0.3, 0.5, 0.9])
        expect(logIncompleteBeta(a, b, x)).toBeCloseTo(integral(a, b, x), 5);
});

it('for whole numbers it is a sum of binomials', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      (a, b, x) => {
        const n = a + b - 1;
        const terms = Array.from({ length: b }, (_, index) => {
          const k = a + index;
          return (
            logGamma(n + 1) -
            logGamma(k + 1) -
            logGamma(n - k + 1) +
            k * Math.log(x) +
            (n - k) * Math.log1p(-x)
          );
        });
        const sum = logMeanExp(terms) + Math.log(terms.length);
        expect(logIncompleteBeta(a, b, x) - logBeta(a, b)).toBeCloseTo(sum, 8);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

it('holds out with ten million requests', () => {
  const whole = logBeta(1_000_000.5, 9_000_000.5);
  expect(Math.exp(logIncompleteBeta(1_000_000.5, 9_000_000.5, 0.1) - whole)).toBeCloseTo(0.5, 3);
  expect(logIncompleteBeta(0.5, 10_000_000.5, 0.01)).toBeCloseTo(logBeta(0.5, 10_000_000.5), 10);
});
