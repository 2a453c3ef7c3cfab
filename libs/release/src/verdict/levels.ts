import type { Plan } from '../plan/plan.js';

/** The level at which a step must show that the canary is below each `max`: all steps share the risk. */
export function advanceLevel(plan: Plan): number {
  return plan.risk.falseAdvance / Math.max(plan.steps.length, 1);
}
