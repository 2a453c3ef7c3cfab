/** When a failed request is tried again, and how often. */
export interface RetryPolicy {
  /** Retries after the first try. */
  attempts: number;
  /** Envoy's words: `5xx`, `connect-failure`, ... */
  on: ReadonlySet<string>;
  /** Retried when `on` has `retriable-status-codes`. */
  statusCodes: ReadonlySet<number>;
  /** 0: none beyond the route's own timeout. */
  perTryTimeoutMs: number;
  /** First back-off interval; it doubles with each retry, up to ten times, with full jitter. */
  backoffMs: number;
  /** Prefer an endpoint that has not been tried. */
  avoidPreviousHosts: boolean;
}

const defaultBackoffMs = 25;

/** What Istio retries where a rule says nothing; 503 answers left the default in 1.24. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 2,
  on: new Set(['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes']),
  statusCodes: new Set(),
  perTryTimeoutMs: 0,
  backoffMs: defaultBackoffMs,
  avoidPreviousHosts: true,
};
