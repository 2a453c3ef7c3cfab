/** How many requests ended, and how many of them badly. */
export interface Tally {
  requests: number;
  bad: number;
}

export const nothing: Tally = { requests: 0, bad: 0 };

export function plus(a: Tally, b: Tally): Tally {
  return { requests: a.requests + b.requests, bad: a.bad + b.bad };
}

export function minus(a: Tally, b: Tally): Tally {
  return { requests: a.requests - b.requests, bad: a.bad - b.bad };
}
