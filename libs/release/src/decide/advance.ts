import type { Plan, Step } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import { rawEvidence } from '../statistics/harm.js';
import { evidenceBelow, requestsNeeded } from '../statistics/rate-evidence.js';
import { dispersionOf, noTrial } from '../statistics/trial.js';
import { pairsOf, rateGuards, type TrialSpec, trialsOf } from '../trials.js';
import { advanceLevel } from '../verdict/levels.js';
import type { View } from '../view.js';
import type { Waiting } from '../waiting.js';
import { count, durationText, percentText } from '../words/figures.js';

/** What nobody guards with a ceiling is believed after so many requests. */
const requestsOfRatioAlone = 100;

/**
 * How many requests the canary must answer in a step: as the plan says, else as many as its strictest `max` needs if none of them fails.
 * @param ceilings further ceilings, such as the one that is made for 100 %.
 */
export function requestsOfStep(plan: Plan, step: Step, ceilings: readonly number[] = []): number {
  if (step.requests !== undefined) return step.requests;
  const requestBased = rateGuards(plan).filter(({ outcome }) => outcome.kind !== 'query');
  const written = requestBased.flatMap(({ max }) => max ?? []);
  const strictest = Math.min(...written, ...ceilings);
  if (Number.isFinite(strictest)) return requestsNeeded(strictest, advanceLevel(plan));
  return requestBased.length === 0 ? 0 : requestsOfRatioAlone;
}

/** What keeps the release from going on, most telling first. Empty: it may. */
export function obstacles(plan: Plan, state: ReleaseState, view: View): Waiting[] {
  const step = plan.steps[state.step];
  if (step === undefined) return [];
  return [
    ...endpointObstacles(state, view),
    ...splitObstacles(plan, state),
    ...holdObstacles(step, state),
    ...requestObstacles(plan, step, state),
    ...evidenceObstacles(plan, state),
  ];
}

/** Canaries that nobody could answer for: no endpoint of theirs is ready. */
export function endpointObstacles(state: ReleaseState, view: View): Waiting[] {
  return view.targets.flatMap((target, index): Waiting[] => {
    if (target.kind !== 'read' || target.canary.readyEndpoints !== 0) return [];
    return [
      { reason: 'endpoints', message: `${state.targets[index]?.canary.host} has no endpoint that is ready` },
    ];
  });
}

function splitObstacles(plan: Plan, { progress, now, percent }: ReleaseState): Waiting[] {
  if (progress.inForceSince === undefined)
    return [{ reason: 'not-in-force', message: `no look has seen ${percentText(percent)} in force yet` }];
  const settled = progress.inForceSince + plan.settle;
  if (now >= settled) return [];
  return [{ reason: 'settling', message: `counts belong to this step in ${durationText(settled - now)}` }];
}

function holdObstacles({ hold }: Step, { progress }: ReleaseState): Waiting[] {
  if (progress.held >= hold) return [];
  return [{ reason: 'hold', message: `held for ${durationText(progress.held)} of ${durationText(hold)}` }];
}

function requestObstacles(plan: Plan, step: Step, state: ReleaseState): Waiting[] {
  const { evidence, targets } = state;
  const needed = requestsOfStep(plan, step, Object.values(evidence.ceilings));
  return pairsOf(targets).flatMap(({ key, canary }): Waiting[] => {
    const seen = evidence.inStep[key] ?? 0;
    if (seen >= needed) return [];
    return [
      { reason: 'requests', message: `${canary} has answered ${count(seen)} of ${count(needed)} requests` },
    ];
  });
}

function evidenceObstacles(plan: Plan, state: ReleaseState): Waiting[] {
  return trialsOf(plan, state).flatMap((spec): Waiting[] => {
    if (spec.outcome.kind === 'gave-up') return [];
    const message =
      spec.max === undefined ? ratioObstacle(state, spec) : ceilingObstacle(plan, state, spec, spec.max);
    return message === undefined ? [] : [{ reason: 'evidence', message: `${spec.guard}: ${message}` }];
  });
}

/** The rate in this step must be shown to be below the ceiling; what was counted before says nothing of a canary that turned bad. */
function ceilingObstacle(plan: Plan, state: ReleaseState, spec: TrialSpec, max: number): string | undefined {
  const trial = state.evidence.trials[spec.key] ?? noTrial;
  const { canary } = trial.step;
  const wanted = -Math.log(advanceLevel(plan)) * dispersionOf(trial);
  if (canary.bad < max * canary.requests && evidenceBelow(canary, max) >= wanted) return undefined;
  return `${count(canary.bad)} of ${count(canary.requests)} do not show yet that fewer than ${percentText(max * 100)} go wrong`;
}

function ratioObstacle(state: ReleaseState, spec: TrialSpec): string | undefined {
  const trial = state.evidence.trials[spec.key] ?? noTrial;
  if (spec.ratio === undefined || rawEvidence(trial.harm) < Math.log(1 + 1e-9)) return undefined;
  return `the canary looks worse than ${spec.ratio} times stable (E=${Math.exp(rawEvidence(trial.harm)).toPrecision(2)}, to go on it must be at most 1)`;
}
