// What the rules of a release get wrong, and how long they take to see a bad canary: ours beside those of others, on the same simulated runs.
// `RUNS=200 npm run bench -- release`: 5,000 runs of a cell where none are given, ten minutes of processor time; `PART=bad`: one of the tables.
// Needs a build. Prints the tables of docs/release-figures.md.
import { argo, Fisher, flagger, Ours, type Rule } from './release/rules.ts';
import { silent } from './release/silent.ts';
import { type Outcome, simulate, upperEnd } from './release/simulate.ts';
import { tick } from './release/tick.ts';
import { lookSeconds, patterns, type Traffic, traffic } from './release/traffic.ts';

const runs = Number(process.env.RUNS ?? 5000);
const seed = 2026;
/** Half an hour of looks; nothing is promoted before its end. */
const halfHour = { hold: (30 * 60) / lookSeconds, most: (30 * 60) / lookSeconds };

const others: [name: string, rule: () => Rule][] = [
  ['Flagger, 99 %, 5 checks', flagger],
  ['Argo, 95 %, limit 3', argo],
  ["Fisher's test each look", () => new Fisher()],
];
const names = ['ours', ...others.map(([name]) => name)];

function percent(fraction: number): string {
  const number = 100 * fraction;
  return `${Number(number.toPrecision(number < 10 ? 2 : 3))} %`;
}

/** Prints each row when it is there: the whole takes long. */
function table(head: readonly string[], rows: Iterable<readonly string[]>): void {
  console.log(`| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
  console.log();
}

/** All combinations of three lists, the last one fastest. */
function* cells<A, B, C>(as: readonly A[], bs: readonly B[], cs: readonly C[]): Generator<[A, B, C]> {
  for (const a of as) for (const b of bs) for (const c of cs) yield [a, b, c];
}

const aborts = ({ aborted, runs: of }: Outcome) => percent(aborted / of);
const promoted = (outcome: Outcome) => percent(outcome.promoted / outcome.runs);
const withUpperEnd = (outcome: Outcome) =>
  `${aborts(outcome)} (${percent(upperEnd(outcome.aborted, outcome.runs))})`;

function one(of: Traffic, ours: () => Rule): Outcome {
  const [outcome] = simulate(of, [ours], runs, seed, halfHour);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

function all(of: Traffic, ours: () => Rule, length = halfHour): [ours: Outcome, ...others: Outcome[]] {
  const [first, ...rest] = simulate(of, [ours, ...others.map(([, rule]) => rule)], runs, seed, length);
  if (first === undefined) throw new Error('no outcome');
  return [first, ...rest];
}

function falseAborts(): void {
  console.log('### A canary as good as stable: how often it is aborted within half an hour\n');
  console.log('Of ours in parentheses: the upper 99 % end. Guard: ratio 1.5.\n');
  let worst = 0;
  function* rows(): Generator<string[]> {
    for (const [bad, rate, share] of cells(
      [0.0001, 0.001, 0.01, 0.1, 1],
      [1, 10, 100, 1000],
      [0.001, 0.01, 0.1, 0.5],
    )) {
      const [ours, ...rest] = all(traffic(rate, share, bad, bad), () => new Ours({ ratio: 1.5 }));
      worst = Math.max(worst, upperEnd(ours.aborted, ours.runs));
      yield [percent(bad), String(rate), percent(share), withUpperEnd(ours), ...rest.map(aborts)];
    }
  }
  table(['fail', 'requests/s', 'share', ...names], rows());
  console.log(`Highest upper end of ours: ${percent(worst)}; stated risk: 1 %.\n`);
}

function atTheBorder(): void {
  console.log('### A canary that is exactly as bad as its guard allows\n');
  console.log('The hardest case that the stated risk of 1 % covers. In parentheses: the upper 99 % end.\n');
  function* rows(): Generator<string[]> {
    for (const [bad, rate, share] of cells([0.001, 0.01, 0.1], [10, 100], [0.01, 0.1, 0.5])) {
      const ratio = one(traffic(rate, share, bad, 1.5 * bad), () => new Ours({ ratio: 1.5 }));
      const ceiling = one(traffic(rate, share, bad, bad), () => new Ours({ max: bad }));
      yield [percent(bad), String(rate), percent(share), withUpperEnd(ratio), withUpperEnd(ceiling)];
    }
  }
  table(
    ['stable fails', 'requests/s', 'share', '1.5 times stable, ratio 1.5', 'as stable, max = its rate'],
    rows(),
  );
}

function odd(): void {
  console.log(
    '### Equal arms whose failures are not independent: how often the canary is aborted within half an hour\n',
  );
  console.log('Nothing is promised here. Guard: ratio 1.5; both arms fail 0.5 %.\n');
  function* rows(): Generator<string[]> {
    for (const [pattern, rate, share] of cells(patterns.slice(1), [10, 100], [0.01, 0.1, 0.5])) {
      const outcomes = all(traffic(rate, share, 0.005, 0.005, pattern), () => new Ours({ ratio: 1.5 }));
      yield [pattern, String(rate), percent(share), ...outcomes.map(aborts)];
    }
  }
  table(['pattern', 'requests/s', 'share', ...names], rows());
}

function bad(): void {
  console.log(
    '### A bad canary: how often it is stopped within half an hour, and after how many of its requests and how long (medians)\n',
  );
  console.log('Stable fails 0.1 %. Guard: ratio 1.5 and max 1 %.\n');
  function* rows(): Generator<string[]> {
    for (const [canary, rate, share] of cells(
      [0.005, 0.02, 0.05, 0.2, 1],
      [1, 10, 100, 1000],
      [0.01, 0.1, 0.5],
    )) {
      const outcomes = all(traffic(rate, share, 0.001, canary), () => new Ours({ ratio: 1.5, max: 0.01 }));
      yield [percent(canary), String(rate), percent(share), ...outcomes.map(stopped)];
    }
  }
  table(['canary fails', 'requests/s', 'share', ...names], rows());
}

function stopped(outcome: Outcome): string {
  const { requests, seconds } = outcome;
  if (requests === undefined || seconds === undefined) return '0 %';
  return `${aborts(outcome)}, ${requests.toLocaleString('en-US')}, ${seconds} s`;
}

function falsePromotions(): void {
  console.log(
    '### A canary at or beyond max: 1 %: how often it passes a step of half an hour (promoted), or is aborted\n',
  );
  console.log(
    'Watched for an hour; ours may do neither and wait. In parentheses: the upper 99 % end. Stated risk: 5 % for four steps, 1.25 % for each. 100 requests a second, share 10 %.\n',
  );
  const hour = { hold: halfHour.hold, most: 2 * halfHour.hold };
  function* rows(): Generator<string[]> {
    for (const [pattern, canary] of cells(
      ['independent', 'bursts', 'daily'] as const,
      [0.01, 0.012, 0.015, 0.02],
      [0],
    )) {
      const [ours, ...rest] = all(
        traffic(100, 0.1, 0.0001, canary, pattern),
        () => new Ours({ max: 0.01 }),
        hour,
      );
      const first = `${promoted(ours)} (${percent(upperEnd(ours.promoted, ours.runs))}), aborted ${aborts(ours)}`;
      yield [pattern, percent(canary), first, ...rest.map(promoted)];
    }
  }
  table(['pattern', 'canary fails', ...names], rows());
}

console.log(
  `${runs.toLocaleString('en-US')} runs of each cell, a look every ${lookSeconds} s, seed ${seed}.\n`,
);
const parts = {
  falseAborts,
  atTheBorder,
  odd,
  bad,
  falsePromotions,
  silent: () => silent(Math.min(runs, 1000), seed),
  tick,
};
for (const [name, part] of Object.entries(parts))
  if (process.env.PART === undefined || process.env.PART === name) part();
