/** A closed range of shares, each 0-1. */
export interface Interval {
  low: number;
  high: number;
}

/** Two-sided 95 %: what the page shows. */
export const z95 = 1.959964;

/**
 * Wilson's score interval for a share seen as `count` of `total`.
 * Unlike the textbook's p ± z·σ it stays inside 0-1 and is right for few requests and for shares near 0 or 1.
 */
export function wilsonInterval(count: number, total: number, z: number = z95): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const share = count / total;
  const z2 = z * z;
  const scale = 1 + z2 / total;
  const centre = (share + z2 / (2 * total)) / scale;
  const reach = (z / scale) * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total * total));
  // The bounds are 0 and 1 exactly at the ends; floating point would miss them by an ulp.
  return { low: count === 0 ? 0 : centre - reach, high: count === total ? 1 : centre + reach };
}
