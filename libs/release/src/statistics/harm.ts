import { logMeanExp } from './special-functions.js';
import type { Tally } from './tally.js';

/** What both arms of one caller answered within one look. */
export interface Exposure {
  caller: string;
  canary: Tally;
  stable: Tally;
}

/** The alternatives: the canary is so many times worse than allowed. */
export const alternatives = [1.5, 2, 3, 5, 10, 30, 100];

/** ln of the likelihood ratio of each alternative. */
export interface Harm {
  logs: number[];
  /** What the most incriminating look added to each; never negative. */
  peaks: number[];
}

/** The test before any look. */
export const noHarm: Harm = { logs: alternatives.map(() => 0), peaks: alternatives.map(() => 0) };

/**
 * Adds one look to the test of "the canary is at most `ratio` times as bad as stable".
 *
 * Of the failures of a caller in a look, a share of t(r) = r n / (r n + N) falls on the canary if it is r times as bad, where n and N are
 * the two arms' requests. ln of the ratio of t(r) to t(ratio) is added up over callers and looks, each with its own t: the weights may change,
 * and callers may differ (pooled, they would accuse an innocent canary). Under independent failures with p <= ratio P the ratio's mean stays at
 * most exp((t - t0) (ratio n + N) (p / ratio - P)) <= 1, so that Ville's inequality holds. docs/release-statistics.md has the proof.
 */
export function addLook(harm: Harm, ratio: number, exposures: readonly Exposure[]): Harm {
  const steps = alternatives.map((alternative) =>
    exposures.reduce((sum, exposure) => sum + logRatio(exposure, ratio, alternative * ratio), 0),
  );
  return {
    logs: harm.logs.map((log, index) => log + (steps[index] ?? 0)),
    peaks: harm.peaks.map((peak, index) => Math.max(peak, steps[index] ?? 0)),
  };
}

function logRatio({ canary, stable }: Exposure, allowed: number, assumed: number): number {
  // One arm alone says nothing about the other.
  if (canary.requests === 0 || stable.requests === 0) return 0;
  const allowedWhole = allowed * canary.requests + stable.requests;
  const assumedWhole = assumed * canary.requests + stable.requests;
  const onStable = Math.log(allowedWhole / assumedWhole);
  return canary.bad * (Math.log(assumed / allowed) + onStable) + stable.bad * onStable;
}

/** ln E as the proof has it. */
export function rawEvidence(harm: Harm): number {
  return logMeanExp(harm.logs);
}

/**
 * ln E as it decides: without the most incriminating look, and divided by the dispersion. Both can only withhold an abort (by Jensen's inequality
 * the mean of e^(L/d) is at most the d-th root of the mean of e^L), so what the proof promises stays.
 */
export function decisiveEvidence(harm: Harm, dispersion: number): number {
  return logMeanExp(harm.logs.map((log, index) => (log - (harm.peaks[index] ?? 0)) / dispersion));
}
