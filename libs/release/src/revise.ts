import { firstStep } from './begin.js';
import { canaryShare } from './decide/content.js';
import { follow } from './follow.js';
import type { Plan } from './plan/plan.js';
import type { ReleaseState } from './state.js';
import { trialsOf } from './trials.js';
import { ceilingsForAll } from './verdict/ceilings.js';

/** What becomes of a plan that was changed while its release runs. */
export type Revised =
  /** Nothing that matters was changed. */
  | { kind: 'same' }
  /** The release follows `plan` from now on; `message` names the fields that differ. */
  | { kind: 'revised'; plan: Plan; state: ReleaseState; message: string }
  /** The old plan goes on. */
  | { kind: 'refused'; message: string };

/** Another of these is another release. */
const fixed = ['namespace', 'name', 'targets', 'sticky'] as const satisfies readonly (keyof Plan)[];
const changeable = [
  'steps',
  'guards',
  'users',
  'callers',
  'risk',
  'noData',
  'settle',
  'inForceWithin',
  'onDrift',
  'from',
  'abort',
  'suspend',
] as const satisfies readonly (keyof Plan)[];

/**
 * Takes over a plan that was changed while its release runs, from the next decision on. What is released, where, and who keeps to which side stays, and so
 * does the share that the canary has. Pure.
 */
export function revise(plan: Plan, next: Plan, state: ReleaseState): Revised {
  const differs = (field: keyof Plan) => JSON.stringify(plan[field]) !== JSON.stringify(next[field]);
  const isFixed = fixed.find(differs);
  if (isFixed !== undefined) return { kind: 'refused', message: fixedMessage(isFixed) };
  const fields = changeable.filter(differs);
  if (fields.length === 0) return { kind: 'same' };
  const followed = follow(next, state.goal.kind === 'start' ? atStart(next, state) : state);
  if (followed.kind === 'refused') return { kind: 'refused', message: followed.messages.join('; ') };
  const message = `the plan has changed: ${fields.join(', ')}`;
  return { kind: 'revised', plan: next, state: judgeAnew(plan, next, followed.state), message };
}

function fixedMessage(field: (typeof fixed)[number]): string {
  return `${field} cannot change while the release runs; abort or undo it first, and start it again`;
}

/** The first step was refused, and the weights of the start are back: any step may be the first now. */
function atStart(next: Plan, state: ReleaseState): ReleaseState {
  const share = Math.min(...state.targets.map((target) => canaryShare(target.start, target)));
  const step = firstStep(next, share);
  return { ...state, step, first: step, percent: next.steps[step]?.percent ?? share };
}

/** A guard that is new or was changed knows nothing of what was counted before: the step's counts begin once the split was seen in force again. */
function judgeAnew(plan: Plan, next: Plan, state: ReleaseState): ReleaseState {
  const known = new Set(trialsOf(plan, state).map(({ key }) => key));
  if (trialsOf(next, state).every(({ key }) => known.has(key))) return withCeilings(next, state);
  const { inForceSince: _, ...progress } = state.progress;
  return withCeilings(next, { ...state, progress });
}

/** At 100 % every guard has a ceiling. */
function withCeilings(plan: Plan, state: ReleaseState): ReleaseState {
  if (state.percent !== 100) return state;
  const ceilings = { ...state.evidence.ceilings, ...ceilingsForAll(plan, state) };
  return { ...state, evidence: { ...state.evidence, ceilings } };
}
