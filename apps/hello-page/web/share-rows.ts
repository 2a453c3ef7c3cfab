import type { Ledger, Period, Tally } from './ledger.js';
import type { WantedAnswers } from './mesh/destination-answers.js';
import { judge, type Verdict } from './statistics/verdict.js';
import { type Interval, wilsonInterval } from './statistics/wilson.js';

/** One line of "wanted and seen". */
export interface ShareRow {
  kind: 'answer' | 'destination' | 'error';
  /** The answer's text, the destination's name, or empty for errors. */
  title: string;
  /** 0-1, in the current period. */
  seen: number;
  interval: Interval;
  /** 0-1; absent where no rule says it. */
  wanted?: number;
  verdict?: Verdict;
  /** How many of these failed on their way to a known destination. */
  failed: number;
  recent: Part;
  start: Part;
}

export interface Part {
  count: number;
  total: number;
}

/**
 * What was seen of each answer beside what is wanted of it.
 * A failure that the mesh saw on its way to a destination counts for that destination's answer: a dead version does not change the split.
 */
export function shareRows(ledger: Ledger, wanted: WantedAnswers | undefined): ShareRow[] {
  const recent = ledger.recent();
  const titles = new Set([...ledger.total.answers.keys(), ...(wanted?.shares.keys() ?? [])]);
  const answers = [...titles].sort(byNumber).map((title) => answerRow(title, ledger, recent, wanted));
  const unseen = (wanted?.unnamed ?? []).map((destination) => destinationRow(destination, ledger.period));
  return [...answers, ...unseen, ...(ledger.total.errors > 0 ? [errorRow(ledger, recent)] : [])];
}

function answerRow(
  title: string,
  ledger: Ledger,
  recent: Tally,
  wanted: WantedAnswers | undefined,
): ShareRow {
  const { period, total } = ledger;
  const destinations = wanted?.destinations.get(title) ?? [];
  const failed = destinations.reduce(
    (sum, destination) => sum + (period.failuresByDestination.get(destination) ?? 0),
    0,
  );
  return {
    kind: 'answer',
    title,
    ...compare((period.answers.get(title) ?? 0) + failed, period, wanted?.shares.get(title)),
    failed,
    recent: { count: recent.answers.get(title) ?? 0, total: recent.requests },
    start: { count: total.answers.get(title) ?? 0, total: total.requests },
  };
}

function destinationRow(
  { destination, share }: { destination: string; share: number },
  period: Period,
): ShareRow {
  const failed = period.failuresByDestination.get(destination) ?? 0;
  const none = { count: 0, total: 0 };
  return {
    kind: 'destination',
    title: destination,
    ...compare(failed, period, share),
    failed,
    recent: none,
    start: none,
  };
}

function errorRow({ period, total }: Ledger, recent: Tally): ShareRow {
  return {
    kind: 'error',
    title: '',
    seen: period.requests === 0 ? 0 : period.errors / period.requests,
    interval: wilsonInterval(period.errors, period.requests),
    failed: 0,
    recent: { count: recent.errors, total: recent.requests },
    start: { count: total.errors, total: total.requests },
  };
}

function compare(
  count: number,
  period: Period,
  wanted: number | undefined,
): Pick<ShareRow, 'seen' | 'interval' | 'wanted' | 'verdict'> {
  const attributed = [...period.failuresByDestination.values()].reduce((sum, failures) => sum + failures, 0);
  const unattributedErrors = period.errors - attributed;
  const total = period.requests - unattributedErrors;
  return {
    seen: total === 0 ? 0 : count / total,
    interval: wilsonInterval(count, total),
    ...(wanted !== undefined && { wanted, verdict: judge(wanted, { count, total, unattributedErrors }) }),
  };
}

function byNumber(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
