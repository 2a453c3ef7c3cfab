import type { Plan } from '../plan/plan.js';
import type { Goal, ReleaseState, TargetState } from '../state.js';
import type { TargetContent, Write, WritePurpose } from '../write.js';
import { canaryShare, sameContent, wantedContent } from './content.js';

/**
 * The next write towards the goal: targets in their order on the way up, in reverse on the way back. Undefined: all are
 * there, or those that are not have refused. */
export function nextWrite(plan: Plan, state: ReleaseState): Write | undefined {
  const order = state.targets.map((_, index) => index);
  if (goesBack(state.goal)) order.reverse();
  for (const index of order) {
    const target = state.targets[index];
    if (target === undefined || index in state.refused) continue;
    const after = wantedContent(plan, state, target);
    if (!sameContent(target.written, after)) return writeOf(state, index, target, after, purposeOf(state));
  }
  return undefined;
}

export function writeOf(
  state: ReleaseState,
  index: number,
  target: TargetState,
  after: TargetContent,
  purpose: WritePurpose,
): Write {
  return {
    seq: state.seq + 1,
    target: index,
    rule: target.rule,
    purpose,
    percent: Number(canaryShare(after, target).toFixed(4)),
    before: target.written,
    after,
  };
}

function goesBack(goal: Goal): boolean {
  return goal.kind === 'back' || goal.kind === 'start' || (goal.kind === 'share' && goal.back !== undefined);
}

function purposeOf({ goal, phase, restored, progress }: ReleaseState): WritePurpose {
  if (goal.kind === 'back') return 'abort';
  if (goal.kind === 'done') return 'finish';
  if (goal.kind === 'start') return phase === 'undoing' ? 'undo' : 'put-back';
  if (goal.back !== undefined) return goal.back;
  return restored && progress.began !== undefined ? 'restore' : 'step';
}

/** The state once a write has been seen in the rules. */
export function written(
  state: ReleaseState,
  { target: index, after }: Pick<Write, 'target' | 'after'>,
): ReleaseState {
  const { pending: _, ...rest } = state;
  const targets = state.targets.map((target, at) => (at === index ? { ...target, written: after } : target));
  return { ...rest, targets };
}
