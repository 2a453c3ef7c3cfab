import { bucketOf } from '../weights/bucket.js';
import type { Step, Sticky } from './plan.js';
import type { At } from './reader.js';
import type { WrittenSpec, WrittenStep } from './shape.js';

const usualHold = 600_000;
const usualPercents = [1, 10, 50, 100];

/** A plan of `users` alone has no steps: it is an A/B test, which a human ends. */
export function completeSteps(
  { steps, users, sticky }: WrittenSpec,
  stickyPlan: Sticky | undefined,
  at: At,
): Step[] {
  if (steps === undefined) {
    const alone = users !== undefined && users.length > 0 && sticky === undefined;
    return alone ? [] : usualPercents.map((percent) => ({ percent, hold: usualHold, pause: false }));
  }
  if (steps.length === 0 && (users === undefined || users.length === 0))
    at.error(
      'field-missing',
      'steps is empty; write at least one step, or leave it out for 1, 10, 50 and 100 percent.',
    );
  for (const [index, step] of steps.entries())
    checkStep(steps, index, step, stickyPlan, at.within(index).within('percent'));
  return steps.map(completeStep);
}

function completeStep({ percent = 0, hold = usualHold, requests, pause = false }: WrittenStep): Step {
  return { percent, hold, pause, ...(requests === undefined ? {} : { requests }) };
}

function checkStep(
  steps: readonly WrittenStep[],
  index: number,
  { percent }: WrittenStep,
  sticky: Sticky | undefined,
  at: At,
): void {
  const before = steps[index - 1]?.percent;
  if (percent === undefined) return;
  if (before !== undefined && percent <= before)
    at.error(
      'steps-not-rising',
      `step ${index + 1} has ${percent} percent after ${before}; each step must be higher than the one before.`,
    );
  if (sticky === undefined || !('digits' in sticky)) return;
  const { share } = bucketOf(percent, sticky.digits);
  if (share !== percent)
    at.error(
      'percent-too-fine',
      `a bucket of ${sticky.digits} ${sticky.digits === 1 ? 'digit' : 'digits'} cannot hold ${percent} percent of the users; ${share === 0 ? 'write' : `write ${share}, or`} more digits.`,
    );
}
