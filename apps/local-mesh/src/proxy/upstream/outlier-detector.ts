import type { OutlierDetection } from '@grayscale/traffic-rules';

/** What came of one try: a status, or no answer for a reason on the way. */
export type TryResult = { status: number } | 'unreachable' | 'timeout';

/** What is known of one host. Times are milliseconds since 1970. */
export class HostHealth {
  /** Undefined: it is not out. */
  ejectedAt: number | undefined;
  /** How often its next ejection is longer than the base. */
  backoff = 0;
  errors = 0;
  gatewayErrors = 0;
  localFailures = 0;

  forget(): void {
    this.errors = 0;
    this.gatewayErrors = 0;
    this.localFailures = 0;
  }
}

/** Envoy's limit for one ejection. */
const maxEjectionMs = 300_000;

/** Takes hosts out that fail in a row, and lets them back in (Envoy, outlier_detection_impl.cc). */
export class OutlierDetector {
  #nextCheck: number | undefined;

  constructor(readonly settings: OutlierDetection) {}

  /**
   * @param all those of the cluster, this one among them
   * @returns whether the host is out from now on
   */
  onResult(health: HostHealth, result: TryResult, all: readonly HostHealth[], now: number): boolean {
    this.#nextCheck ??= now + this.settings.intervalMs;
    if (!this.#count(health, result)) return false;
    health.forget();
    if (health.ejectedAt !== undefined) return false;
    const out = all.filter(({ ejectedAt }) => ejectedAt !== undefined).length + 1;
    if ((100 * out) / all.length > this.settings.maxEjectionPercent) return false;
    health.ejectedAt = now;
    if (health.backoff * this.settings.baseEjectionMs < maxEjectionMs) health.backoff++;
    return true;
  }

  /** Once in an interval: lets those back in whose time is over. Returns whether there was one. */
  check(all: readonly HostHealth[], now: number): boolean {
    this.#nextCheck ??= now + this.settings.intervalMs;
    if (now < this.#nextCheck) return false;
    this.#nextCheck = now + this.settings.intervalMs;
    let changed = false;
    for (const health of all) {
      if (health.ejectedAt === undefined) health.backoff = Math.max(0, health.backoff - 1);
      else if (
        now - health.ejectedAt >=
        Math.min(maxEjectionMs, health.backoff * this.settings.baseEjectionMs)
      ) {
        health.ejectedAt = undefined;
        health.forget();
        changed = true;
      }
    }
    return changed;
  }

  /** Whether the result is the last of as many as take a host out. */
  #count(health: HostHealth, result: TryResult): boolean {
    const { consecutive5xx, consecutiveGatewayErrors, consecutiveLocalFailures } = this.settings;
    if (typeof result === 'string' && consecutiveLocalFailures !== undefined)
      return ++health.localFailures === consecutiveLocalFailures;
    const status = statusOf(result);
    health.localFailures = 0;
    if (status < 500) {
      health.forget();
      return false;
    }
    health.gatewayErrors = status >= 502 && status <= 504 ? health.gatewayErrors + 1 : 0;
    health.errors++;
    return (
      health.errors === consecutive5xx || health.gatewayErrors === (consecutiveGatewayErrors || undefined)
    );
  }
}

function statusOf(result: TryResult): number {
  if (typeof result !== 'string') return result.status;
  return result === 'timeout' ? 504 : 503;
}
