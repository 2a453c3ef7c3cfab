import type { Plan } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';
import { rateInterval } from '../statistics/rate-evidence.js';
import { noTrial } from '../statistics/trial.js';
import { trialsOf } from '../trials.js';
import { advanceLevel } from './levels.js';

const least = 0.01;
const most = 0.5;

/**
 * At 100 % there is no stable to compare with: a guard without a `max` gets one, twice the upper end of what stable showed in the step before, at
 * least 1 %. By the trial's key.
 */
export function ceilingsForAll(plan: Plan, state: ReleaseState): Record<string, number> {
  const alone = trialsOf(plan, state).filter(
    ({ outcome, max }) => max === undefined && outcome.kind !== 'gave-up',
  );
  return Object.fromEntries(
    alone.map(({ key }) => {
      const { step, start } = state.evidence.trials[key] ?? noTrial;
      const stable = step.stable.requests > 0 ? step.stable : start.stable;
      const { high } = rateInterval(stable, advanceLevel(plan));
      return [key, Math.min(Math.max(2 * high, least), most)];
    }),
  );
}
