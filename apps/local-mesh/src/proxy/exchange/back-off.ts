/** Envoy doubles the base with each try, up to ten times of it (`RetryBackOff`, retry_policy.proto). */
const mostBases = 10;

/**
 * How long to wait before another try, at most; a wait is drawn between 0 and this.
 * @param tries made so far, at least 1
 */
export function backOffCeilingMs(baseMs: number, tries: number): number {
  return Math.min(baseMs * 2 ** (tries - 1), baseMs * mostBases);
}
