import { Random } from '@grayscale/seeded-random';
import type { Rule, Verdict } from './rules.ts';
import { lookSeconds, Run, type Traffic } from './traffic.ts';

export interface Outcome {
  runs: number;
  aborted: number;
  promoted: number;
  /** Of the runs that were aborted: the median of the canary's requests until then, and of the seconds. */
  requests: number | undefined;
  seconds: number | undefined;
}

/** How long a step is held, in looks, and how long a run is watched if nothing is decided. */
export interface Length {
  hold: number;
  most: number;
}

interface End {
  verdict: Verdict;
  requests: number;
  looks: number;
}

/** Lets rules judge so many runs of the same traffic; all of them see the same runs. */
export function simulate(
  traffic: Traffic,
  rules: readonly (() => Rule)[],
  runs: number,
  seed: number,
  length: Length,
): Outcome[] {
  const ends: End[][] = rules.map(() => []);
  for (let index = 0; index < runs; index++) {
    const run = new Run(traffic, new Random(seed + 7919 * index), length.most);
    follow(
      run,
      rules.map((rule) => rule()),
      length,
    ).forEach((end, rule) => {
      ends[rule]?.push(end);
    });
  }
  return ends.map(outcomeOf);
}

function follow(run: Run, rules: readonly Rule[], { hold, most }: Length): End[] {
  const ends = rules.map((): End => ({ verdict: 'wait', requests: 0, looks: 0 }));
  for (let looks = 1; looks <= most && ends.some(({ verdict }) => verdict === 'wait'); looks++) {
    const counts = run.next();
    for (const [index, end] of ends.entries()) {
      if (end.verdict !== 'wait') continue;
      end.requests += counts.canary.requests;
      end.looks = looks;
      end.verdict = rules[index]?.judge(counts, looks >= hold) ?? 'wait';
    }
  }
  return ends;
}

function outcomeOf(ends: readonly End[]): Outcome {
  const aborts = ends.filter(({ verdict }) => verdict === 'abort');
  return {
    runs: ends.length,
    aborted: aborts.length,
    promoted: ends.filter(({ verdict }) => verdict === 'promote').length,
    requests: median(aborts.map(({ requests }) => requests)),
    seconds: median(aborts.map(({ looks }) => looks * lookSeconds)),
  };
}

function median(values: number[]): number | undefined {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** The upper end of the exact interval of Clopper and Pearson, one-sided, at 99 %. */
export function upperEnd(hits: number, runs: number): number {
  let [low, high] = [hits / runs, 1];
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    if (binomialBelow(hits, runs, middle) > 0.01) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of at most so many hits. */
function binomialBelow(hits: number, runs: number, rate: number): number {
  let term = runs * Math.log1p(-rate);
  let total = 0;
  for (let k = 0; k <= hits; k++) {
    total += Math.exp(term);
    term += Math.log((runs - k) / (k + 1)) + Math.log(rate) - Math.log1p(-rate);
  }
  return total;
}
