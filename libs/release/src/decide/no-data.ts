import type { Plan } from '../plan/plan.js';
import type { ReleaseState } from '../state.js';

/** So many times the gap that is expected between two canary requests is silence. */
const gaps = 10;
const shortest = 60_000;
/** Before anything is known of the rate. */
const unknown = 300_000;

/** How long the canary may be without a request, in milliseconds. */
export function patience(
  plan: Plan,
  { evidence, percent }: Pick<ReleaseState, 'evidence' | 'percent'>,
): number {
  if (plan.noData.after !== undefined) return plan.noData.after;
  const { requests, counted } = evidence;
  if (requests === 0 || counted === 0) return unknown;
  const gap = counted / (requests * (percent / 100));
  return Math.max(gaps * gap, shortest);
}

/** Since when there has been no data; undefined while there is some, or none is due. */
export function noDataSince(plan: Plan, state: ReleaseState): number | undefined {
  const { evidence, progress, now, percent } = state;
  if (progress.began === undefined || percent === 0) return undefined;
  const { look } = evidence;
  // A source without a new sample for two of its intervals has stopped.
  const stopped = look !== undefined && now - look.absorbed > 2 * look.interval;
  const quietSince = Math.max(evidence.canarySeen, progress.began);
  const quiet = now - quietSince > patience(plan, state);
  return stopped || quiet ? (evidence.noDataSince ?? Math.min(quietSince, now)) : undefined;
}
