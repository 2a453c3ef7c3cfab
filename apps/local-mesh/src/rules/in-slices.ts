import { setImmediate } from 'node:timers/promises';
import type { Steps } from '@grayscale/traffic-rules';

/** For so long the event loop waits at most, but for a single step and garbage collection. */
const sliceMs = 5;

/**
 * Takes all steps in slices, between which requests are served.
 * @returns what the last step returned; undefined when the signal came before
 */
export async function inSlices<T>(steps: Steps<T>, signal: AbortSignal): Promise<T | undefined> {
  for (;;) {
    await setImmediate();
    if (signal.aborted) return undefined;
    const end = performance.now() + sliceMs;
    do {
      const { done, value } = steps.next();
      if (done) return value;
    } while (performance.now() < end);
  }
}
