import type { JournalEntry, Plan } from '@grayscale/release';

/** The plan that the newest run of a journal follows; undefined before the first run. */
export function planInForce(journal: readonly JournalEntry[]): Plan | undefined {
  return journal.findLast(({ plan, rejected }) => plan !== undefined && rejected !== true)?.plan as
    | Plan
    | undefined;
}
