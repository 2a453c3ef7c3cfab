import { addBlock, type Burstiness, dispersion, noBurstiness } from './dispersion.js';
import { addLook, decisiveEvidence, type Exposure, type Harm, noHarm } from './harm.js';
import { evidenceAbove } from './rate-evidence.js';
import { logMeanExp } from './special-functions.js';
import { minus, nothing, plus, type Tally } from './tally.js';

/** What one guard watches of one pair of arms. */
export interface TrialRule {
  /** The canary may be so many times as bad as stable. */
  ratio?: number;
  /** The canary's rate may be so high. */
  max?: number;
}

/** All evidence about one guard and one pair of arms. Plain JSON. */
export interface Trial {
  start: Arms;
  /** Since the step's split has been in force. */
  step: Arms;
  harm: Harm;
  /** By caller. */
  bursts: Record<string, { canary: Burstiness; stable: Burstiness }>;
}

export interface Arms {
  canary: Tally;
  stable: Tally;
  /** The canary's look with the most failures. */
  worst: Tally;
}

const noArms: Arms = { canary: nothing, stable: nothing, worst: nothing };

/** A trial before any look. */
export const noTrial: Trial = { start: noArms, step: noArms, harm: noHarm, bursts: {} };

/**
 * Takes one look in.
 * @param inStep whether the counts belong to the step: its split is in force and has settled.
 */
export function observe(
  trial: Trial,
  rule: TrialRule,
  exposures: readonly Exposure[],
  inStep: boolean,
): Trial {
  const bursts = { ...trial.bursts };
  for (const { caller, canary, stable } of exposures)
    bursts[caller] = {
      canary: addBlock(bursts[caller]?.canary ?? noBurstiness, canary),
      stable: addBlock(bursts[caller]?.stable ?? noBurstiness, stable),
    };
  return {
    start: addArms(trial.start, exposures),
    step: inStep ? addArms(trial.step, exposures) : trial.step,
    harm: rule.ratio === undefined ? trial.harm : addLook(trial.harm, rule.ratio, exposures),
    bursts,
  };
}

/** Forgets what was counted in the step before. */
export function beginStep(trial: Trial): Trial {
  return { ...trial, step: noArms };
}

function addArms(arms: Arms, exposures: readonly Exposure[]): Arms {
  const canary = exposures.reduce((sum, exposure) => plus(sum, exposure.canary), nothing);
  const stable = exposures.reduce((sum, exposure) => plus(sum, exposure.stable), nothing);
  return {
    canary: plus(arms.canary, canary),
    stable: plus(arms.stable, stable),
    worst: canary.bad > arms.worst.bad ? canary : arms.worst,
  };
}

/** By how much failures come in bursts, on either arm. */
export function dispersionOf(trial: Trial): number {
  const callers = Object.values(trial.bursts);
  return Math.max(
    dispersion(callers.map(({ stable }) => stable)),
    dispersion(callers.map(({ canary }) => canary)),
  );
}

/** ln E of the ratio test, as it decides. */
export function ratioEvidence(trial: Trial): number {
  return decisiveEvidence(trial.harm, dispersionOf(trial));
}

/**
 * ln E of the ceiling, as it decides: half of it is staked on the counts since the start, half, in equal parts, on those of each step. A mean of
 * e-processes is one, so both are watched at the price of one test.
 * @param steps how many steps the run has.
 */
export function ceilingEvidence(
  trial: Trial,
  max: number,
  steps: number,
  arm: 'canary' | 'stable' = 'canary',
): number {
  const since = (arms: Arms) => {
    const tally = arms[arm];
    if (tally.bad <= max * tally.requests) return Number.NEGATIVE_INFINITY;
    const whole = evidenceAbove(tally, max);
    // One look is not enough to abort: a burst or a shared outage may stand behind it.
    return arm === 'stable' ? whole : Math.min(whole, evidenceAbove(minus(tally, arms.worst), max));
  };
  const staked = [since(trial.start), since(trial.step) - Math.log(Math.max(steps, 1))];
  if (staked.every((log) => log === Number.NEGATIVE_INFINITY)) return Number.NEGATIVE_INFINITY;
  const bursts = dispersionOf(trial);
  return logMeanExp(staked.map((log) => log / bursts));
}
