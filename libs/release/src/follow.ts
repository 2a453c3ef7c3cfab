import { weightRefusals } from './begin.js';
import type { Arm, Plan, Target } from './plan/plan.js';
import { targetName } from './plan/target-object.js';
import { isOver, type ReleaseState, type TargetState } from './state.js';

/** A run under a plan that may have been changed since the run began. */
export type Followed =
  | { kind: 'followed'; state: ReleaseState }
  /** The run cannot go on under it; one message for each thing that is wrong. */
  | { kind: 'refused'; messages: string[] };

/**
 * Takes a run over to the plan as it is now: steps and guards may have changed, the targets may not. The run stays at its share, whatever steps there are
 * now; a guard that was changed begins without evidence, as its trials have other keys.
 */
export function follow(plan: Plan, state: ReleaseState): Followed {
  if (isOver(state.phase)) return { kind: 'followed', state };
  const messages = refusals(plan, state);
  if (messages.length > 0) return { kind: 'refused', messages };
  const step = stepAt(plan, state);
  if (step === state.step) return { kind: 'followed', state };
  return { kind: 'followed', state: { ...state, step, first: Math.min(state.first, Math.max(step, 0)) } };
}

/** The step of the share that is wanted, else the last one below it; -1 where all are above it, so that the first of them comes next. */
function stepAt({ steps }: Plan, { step, percent }: ReleaseState): number {
  if (steps.length === 0 || steps[step]?.percent === percent)
    return Math.min(step, Math.max(steps.length - 1, 0));
  const same = steps.findIndex((each) => each.percent === percent);
  return same === -1 ? steps.findLastIndex((each) => each.percent < percent) : same;
}

function refusals(plan: Plan, state: ReleaseState): string[] {
  const same =
    plan.targets.length === state.targets.length &&
    plan.targets.every((target, index) => isTarget(target, state.targets[index] as TargetState));
  if (!same)
    return [
      'the targets were changed while the release runs; put them back, and change them once it has ended (abort or undo)',
    ];
  return state.targets.flatMap(({ start, stable, canary }, index) => {
    const name = targetName(plan.targets[index]);
    const at = (arm: Arm) => start.weights.findIndex((weight) => isArm(arm, weight));
    const weights = start.weights.map(({ weight }) => weight);
    return weightRefusals(plan, weights, at(stable), at(canary)).map(
      (message) => `${name}: the rule ${message}`,
    );
  });
}

function isTarget(target: Target, { stable, canary }: TargetState): boolean {
  return isArm(target.stable, stable) && isArm(target.canary, canary);
}

/** @param arm as the plan has it: its host may be shortened, and what it leaves out may be anything */
function isArm({ host, subset, port }: Arm, found: Arm): boolean {
  return (
    (found.host === host || found.host.startsWith(`${host}.`)) &&
    (subset === undefined || found.subset === subset) &&
    (port === undefined || found.port === port)
  );
}
