import { requestsOfStep } from './decide/advance.js';
import type { Plan, Step } from './plan/plan.js';
import { smallestRatioNoticed } from './statistics/power.js';
import { rateGuards, testsOf } from './trials.js';

/** What a step takes at some rate of requests. Times in milliseconds. */
export interface StepEstimate {
  percent: number;
  /** How many requests the canary must answer in it. */
  requests: number;
  /** How long that takes at the rate; Infinity where the step sends nothing to the canary. */
  requestsTake: number;
  /** From the write to the next one, if nothing goes wrong; a pause for a human is not in it. */
  takes: number;
  pause: boolean;
  /** The mean time between two requests to the canary. */
  gap: number;
  /**
   * The smallest ratio to stable that the step's requests would notice nine times in ten, for a plan that guards a ratio of failures and a stable
   * that fails as often as the estimate assumes. Undefined: even the worst canary would go unnoticed.
   */
  noticed?: number;
}

/** How long each step of a plan takes, and all of them together (`takes`, in milliseconds). */
export interface PlanEstimate {
  steps: StepEstimate[];
  takes: number;
}

/**
 * How long a plan takes, and what it would notice.
 * @param rate requests a second of the rule, both arms together.
 * @param stableRate the share of stable's requests that fail.
 */
export function estimatePlan(plan: Plan, rate: number, stableRate = 0.005): PlanEstimate {
  const steps = plan.steps.map((step) => estimateStep(plan, step, rate, stableRate));
  return { steps, takes: steps.reduce((sum, { takes }) => sum + takes, 0) };
}

function estimateStep(plan: Plan, step: Step, rate: number, stableRate: number): StepEstimate {
  const share = step.percent / 100;
  // At 100 % a guard without a max gets one of at least 1 %.
  const requests = requestsOfStep(plan, step, step.percent === 100 && lacksCeiling(plan) ? [0.01] : []);
  const gap = 1000 / (rate * share);
  const requestsTake = requests === 0 ? 0 : requests * gap;
  const takes = plan.settle + Math.max(step.hold, requestsTake);
  const noticed = noticedRatio(plan, share, (rate * share * (takes - plan.settle)) / 1000, stableRate);
  return {
    percent: step.percent,
    requests,
    requestsTake,
    takes,
    pause: step.pause,
    gap,
    ...(noticed === undefined ? {} : { noticed }),
  };
}

function lacksCeiling(plan: Plan): boolean {
  return rateGuards(plan).some(({ outcome, max }) => outcome.kind !== 'query' && max === undefined);
}

function noticedRatio(plan: Plan, share: number, canary: number, stableRate: number): number | undefined {
  const guard = rateGuards(plan).find(
    ({ outcome, ratio }) => outcome.kind === 'failed' && ratio !== undefined,
  );
  if (guard?.ratio === undefined || share === 0 || share >= 1 || !Number.isFinite(canary)) return undefined;
  const needed = Math.log(testsOf(plan, 1) / plan.risk.falseAbort);
  return smallestRatioNoticed({
    ratio: guard.ratio,
    needed,
    canary,
    stable: (canary / share) * (1 - share),
    stableRate,
  });
}
