import type { Look } from '../look.js';
import type { Plan } from '../plan/plan.js';
import type { Evidence, ReleaseState } from '../state.js';
import { nothing, plus, type Tally } from '../statistics/tally.js';
import { beginStep, noTrial, observe, type Trial } from '../statistics/trial.js';
import { armOf, exposuresOf, pairsOf, trialsOf } from '../trials.js';
import { contradictsShare } from '../verdict/observed-share.js';

export const noEvidence: Omit<Evidence, 'canarySeen'> = {
  cursor: null,
  requests: 0,
  counted: 0,
  trials: {},
  inStep: {},
  ceilings: {},
};

/** What a look says of the step's split. */
export type Seen = 'nothing' | 'in-force' | 'not-in-force';

/**
 * Takes a look into the state: its counts, and whether the split is in force. A look that was taken in already changes nothing.
 * @param checkable whether the share of requests ought to be the written one.
 */
export function absorb(
  plan: Plan,
  state: ReleaseState,
  look: Look,
  checkable: boolean,
): { state: ReleaseState; seen: Seen } {
  const { evidence } = state;
  const last = evidence.look;
  if (look.at === last?.at) return { state, seen: 'nothing' };
  const inStep = belongsToStep(plan, state);
  const [canary, all] = totals(state, look);
  const absorbed: ReleaseState = {
    ...state,
    evidence: {
      ...evidence,
      cursor: look.cursor,
      look: { at: look.at, interval: look.interval, absorbed: state.now },
      canarySeen: canary > 0 ? state.now : evidence.canarySeen,
      requests: evidence.requests + all,
      counted: evidence.counted + (last === undefined ? 0 : Math.max(0, look.at - last.at)),
      trials: observeAll(plan, state, look, inStep),
      inStep: inStep ? countInStep(state, look) : evidence.inStep,
    },
  };
  return seeSplit(addSettled(plan, absorbed, look, last?.absorbed), look, checkable);
}

/** The counts of a look begin at the look before; that one must have come after the split had settled. */
export function belongsToStep(plan: Plan, { progress, evidence }: ReleaseState): boolean {
  const { inForceSince } = progress;
  const { look } = evidence;
  return inForceSince !== undefined && look !== undefined && look.absorbed >= inForceSince + plan.settle;
}

function observeAll(plan: Plan, state: ReleaseState, look: Look, inStep: boolean): Record<string, Trial> {
  return Object.fromEntries(
    trialsOf(plan, state).map((spec) => {
      const trial = state.evidence.trials[spec.key] ?? noTrial;
      return [spec.key, observe(trial, spec, exposuresOf(look, spec), inStep)];
    }),
  );
}

/** Canary requests and all requests, of every pair. */
function totals(state: ReleaseState, look: Look): [canary: number, all: number] {
  const shares = Object.values(sharesSeen(state, look));
  return [
    shares.reduce((sum, { bad }) => sum + bad, 0),
    shares.reduce((sum, { requests }) => sum + requests, 0),
  ];
}

function countInStep(state: ReleaseState, look: Look): Record<string, number> {
  const counts = { ...state.evidence.inStep };
  for (const [pair, { bad }] of Object.entries(sharesSeen(state, look)))
    counts[pair] = (counts[pair] ?? 0) + bad;
  return counts;
}

/** By pair: the requests of both arms, and of the canary. */
function sharesSeen(state: ReleaseState, look: Look): Record<string, Tally> {
  return Object.fromEntries(
    pairsOf(state.targets).map((pair) => {
      const tallies = look.counts.map((counts): Tally => {
        const arm = armOf(counts, pair);
        if (arm === undefined) return nothing;
        return { requests: counts.requests, bad: arm === 'canary' ? counts.requests : 0 };
      });
      return [pair.key, tallies.reduce(plus, nothing)];
    }),
  );
}

/** Counts the shares from when the write had time to settle; the look before must have been taken after that. */
function addSettled(plan: Plan, state: ReleaseState, look: Look, from: number | undefined): ReleaseState {
  const { progress } = state;
  const { began } = progress;
  if (began === undefined || from === undefined || from < began + plan.settle) return state;
  return { ...state, progress: { ...progress, settled: addShares(progress.settled, state, look) } };
}

function addShares(shares: Record<string, Tally>, state: ReleaseState, look: Look): Record<string, Tally> {
  const added = Object.entries(sharesSeen(state, look)).map(([pair, tally]): [string, Tally] => [
    pair,
    plus(shares[pair] ?? nothing, tally),
  ]);
  return { ...shares, ...Object.fromEntries(added) };
}

/** Once the step is written: follows the observed share, and starts afresh where it contradicts the written one. */
function seeSplit(state: ReleaseState, look: Look, checkable: boolean): { state: ReleaseState; seen: Seen } {
  const { progress } = state;
  if (progress.began === undefined) return { state, seen: 'nothing' };
  const observed = addShares(progress.observed, state, look);
  if (checkable && Object.values(observed).some((tally) => contradictsShare(tally, state.percent)))
    return {
      state: startStepAfresh({ ...state, progress: { ...progress, observed } }),
      seen: 'not-in-force',
    };
  const inForceSince = progress.inForceSince ?? state.now;
  return { state: { ...state, progress: { ...progress, observed, inForceSince } }, seen: 'in-force' };
}

/** Nothing that was counted belongs to the step. The observed shares go too: they are of another split. */
export function startStepAfresh(state: ReleaseState): ReleaseState {
  const { progress, evidence } = state;
  const { inForceSince: _, ...rest } = progress;
  return {
    ...state,
    progress: { ...rest, held: 0, observed: {} },
    evidence: {
      ...evidence,
      inStep: {},
      trials: Object.fromEntries(
        Object.entries(evidence.trials).map(([key, trial]) => [key, beginStep(trial)]),
      ),
    },
  };
}
