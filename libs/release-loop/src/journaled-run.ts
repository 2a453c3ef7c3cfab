import { follow, isOver, type JournalEntry, type Plan, type ReleaseState } from '@grayscale/release';
import { planInForce } from './plan-in-force.js';

/** What a journal tells of the newest run, for a driver that takes it up. */
export interface JournaledRun {
  /** Undefined before the first run. */
  state?: ReleaseState;
  /** The seq of an intent whose outcome is not in the journal. */
  undone?: number;
  /** The plan that a run under way follows, where the journal says so. */
  followed?: Plan;
  /** Why a run under way cannot go on under the plan. */
  misfits: string[];
}

/** @param plan what a run under way goes on with, if its journal does not say which plan it follows: then this one has to fit */
export function readRun(journal: readonly JournalEntry[], plan: Plan): JournaledRun {
  const { state, ...run } = { ...lastOf(journal), misfits: [] };
  if (state === undefined || isOver(state.phase)) return { ...run, ...(state && { state }) };
  const followed = planInForce(journal);
  if (followed !== undefined) return { ...run, state, followed };
  const placed = follow(plan, state);
  return placed.kind === 'refused'
    ? { ...run, state, misfits: placed.messages }
    : { ...run, state: placed.state };
}

function lastOf(journal: readonly JournalEntry[]): Pick<JournaledRun, 'state' | 'undone'> {
  const state = journal.findLast((entry) => entry.state !== undefined)?.state as unknown as ReleaseState;
  const intent = journal.findLastIndex(({ op }) => op === 'intent');
  const seq = journal[intent]?.seq;
  const isDone = journal.slice(intent + 1).some((entry) => entry.op === 'done' && entry.seq === seq);
  return { state, ...(seq !== undefined && !isDone && { undone: seq }) };
}
