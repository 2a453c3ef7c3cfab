/** Coefficients of Stirling's series: B(2k) / (2k (2k - 1)). */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360];
const halfLogOfTwoPi = 0.5 * Math.log(2 * Math.PI);

/** ln of the gamma function, for x > 0; 14 digits. */
export function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  // The series is exact enough from 9 on; below, ln G(x) = ln G(x + 1) - ln x leads there.
  for (; at < 9; at++) shift += Math.log(at);
  const inverseSquare = 1 / (at * at);
  const series = stirling.reduceRight((sum, coefficient) => sum * inverseSquare + coefficient, 0) / at;
  return (at - 0.5) * Math.log(at) - at + halfLogOfTwoPi + series - shift;
}

/** ln B(a, b). */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** ln of the integral of q^(a-1) (1-q)^(b-1) from 0 to x. */
export function logIncompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return Number.NEGATIVE_INFINITY;
  if (x >= 1) return logBeta(a, b);
  // The fraction converges quickly on this side of the mean; on the other, the rest is taken from the whole.
  if (x <= (a + 1) / (a + b + 2)) return logLowerTail(a, b, x);
  const whole = logBeta(a, b);
  return whole + Math.log1p(-Math.exp(logLowerTail(b, a, 1 - x) - whole));
}

/** By the continued fraction of DLMF 8.17.22, evaluated with Lentz's algorithm. */
function logLowerTail(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) + Math.log(fraction);
}

/** ln of the mean of e^value. */
export function logMeanExp(values: readonly number[]): number {
  const top = Math.max(...values);
  if (!Number.isFinite(top)) return top;
  const sum = values.reduce((total, value) => total + Math.exp(value - top), 0);
  return top + Math.log(sum / values.length);
}
