import type { ArmCounts, Look, NoLook } from '@grayscale/release';

/** A look; fails the test when there is none. */
export function seen(look: Look | NoLook): Look {
  if (look.kind === 'no-look') throw new Error(`no look: ${look.reason}`);
  return look;
}

/** What a look counted of an arm, over all callers. */
export function countsOf(look: Look | NoLook, arm: string): Omit<ArmCounts, 'caller' | 'arm'> {
  const sum = { requests: 0, failed: 0, gaveUp: 0, over: {} };
  return seen(look)
    .counts.filter((counts) => counts.arm === arm)
    .reduce((total, { requests, failed, gaveUp, over }) => {
      return {
        requests: total.requests + requests,
        failed: total.failed + failed,
        gaveUp: total.gaveUp + gaveUp,
        over,
      };
    }, sum);
}

/** The requests to the canary, by caller. */
export function canaryRequests(look: Look): Record<string, number> {
  const ofCanary = look.counts.filter(({ arm }) => arm === 'canary');
  return Object.fromEntries(
    ofCanary.map(({ caller, requests }) => [`${caller.namespace}/${caller.workload}`, requests]),
  );
}
