import { requestsOfStep } from '../decide/advance.js';
import type { Plan } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import { pairsOf } from '../trials.js';

/**
 * Roughly how long until the next step, in milliseconds: what is missing of settling, hold and requests, at the rate so far. Undefined when something
 * else decides it (a human, a split that is not in force), or the rate is not known. Bursts of failures and failures in the step make it longer.
 */
export function untilNext(plan: Plan, state: ReleaseState): number | undefined {
  const step = plan.steps[state.step];
  const { progress, evidence, phase, now, targets } = state;
  if (step === undefined || phase !== 'progressing' || progress.inForceSince === undefined) return undefined;
  const settles = Math.max(0, progress.inForceSince + plan.settle - now);
  const needed = requestsOfStep(plan, step, Object.values(evidence.ceilings));
  const seen = Math.min(...pairsOf(targets).map(({ key }) => evidence.inStep[key] ?? 0));
  const rate = (evidence.requests / evidence.counted) * (step.percent / 100);
  const requestsTake = seen >= needed ? 0 : (needed - seen) / rate;
  const total = settles + Math.max(0, step.hold - progress.held, requestsTake);
  return Number.isFinite(total) ? total : undefined;
}
