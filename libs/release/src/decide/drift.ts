import type { Plan } from '../plan/plan.js';
import { targetName } from '../plan/target-object.js';
import type { ReleaseState, TargetState } from '../state.js';
import type { ReadTarget, View } from '../view.js';
import type { TargetContent } from '../write.js';
import { differenceFrom, splitNow, weightsOf } from './content.js';
import { written } from './writes.js';

/** An editor that saves a file may leave it empty or half-written for a moment; only what stays is drift. */
export const savingTime = 2000;

/** What the rules show of what grayscale wrote. */
export type Standing =
  | { kind: 'as-written'; state: ReleaseState }
  /** A target cannot be read now. */
  | { kind: 'unread'; reason: string }
  /** Somebody else changed something. */
  | { kind: 'changed'; target: number; message: string };

/** Compares the rules with what was written; a write that was asked for and is there is done. */
export function standing(plan: Plan, state: ReleaseState, view: View): Standing {
  let now = state;
  for (const [index, target] of state.targets.entries()) {
    const seen = view.targets[index];
    if (seen === undefined) return { kind: 'unread', reason: 'the target was not read' };
    if (seen.kind === 'unread') return { kind: 'unread', reason: seen.reason };
    const pending = state.pending?.target === index ? state.pending : undefined;
    if (pending !== undefined && differenceFrom(pending.after, seen, target, plan) === undefined) {
      now = written(now, pending);
      continue;
    }
    const difference = differenceFrom(target.written, seen, target, plan);
    if (difference !== undefined)
      return { kind: 'changed', target: index, message: inWords(difference, seen, index, plan) };
  }
  return { kind: 'as-written', state: now };
}

function inWords(difference: string, { writer }: ReadTarget, index: number, plan: Plan): string {
  const name = targetName(plan.targets[index]);
  return `${name}: ${difference}${writer === undefined ? '' : `, changed by ${writer}`}`;
}

/**
 * The targets with the weights that stand in the rules now, as if grayscale had written them. Undefined where the rule is gone, or a rule of ours
 * is not what it was.
 */
export function adopt(plan: Plan, state: ReleaseState, view: View): ReleaseState | undefined {
  const targets = state.targets.map((target, index) => adoptTarget(plan, target, view.targets[index]));
  if (targets.some((target) => target === undefined)) return undefined;
  const { pending: _, drift: __, ...rest } = state;
  return { ...rest, targets: targets.filter((target) => target !== undefined) };
}

function adoptTarget(
  plan: Plan,
  target: TargetState,
  view: View['targets'][number] | undefined,
): TargetState | undefined {
  if (view?.kind !== 'read') return undefined;
  const split = splitNow(view, target);
  if (split === undefined) return undefined;
  const weights = weightsOf(split.rule);
  const candidates: TargetContent[] = [
    { weights, generated: target.written.generated },
    { weights, generated: [] },
  ];
  const seen = candidates.find((content) => differenceFrom(content, view, target, plan) === undefined);
  return seen === undefined ? undefined : { ...target, written: seen };
}
