import type { RetryPolicy } from '../decision.js';
import type { HttpRetry } from '../resources/virtual-service.js';

const defaultBackoffMs = 25;

/** What Istio retries where a rule says nothing; 503 answers left the default in 1.24. */
const defaultOn: ReadonlySet<string> = new Set([
  'connect-failure',
  'refused-stream',
  'unavailable',
  'cancelled',
  'retriable-status-codes',
]);

const balanced: RetryPolicy = {
  attempts: 2,
  on: defaultOn,
  statusCodes: new Set(),
  perTryTimeoutMs: 0,
  backoffMs: defaultBackoffMs,
  avoidPreviousHosts: true,
};

const hashed: RetryPolicy = { ...balanced, avoidPreviousHosts: false };

const off: RetryPolicy = { ...hashed, attempts: 0, on: new Set() };

/** @param sticky the only destination has consistent hashing: a retry then may go to the same endpoint. */
export function defaultRetryPolicy(sticky: boolean): RetryPolicy {
  return sticky ? hashed : balanced;
}

/** Istio, retry.go ConvertPolicy: no attempts means off; fields left out are the default's. */
export function compileRetryPolicy(retries: HttpRetry | undefined, sticky: boolean): RetryPolicy {
  const base = defaultRetryPolicy(sticky);
  if (retries === undefined) return base;
  const attempts = Math.max(0, retries.attempts ?? 0);
  if (attempts === 0) return off;
  return {
    ...base,
    attempts,
    ...(retries.retryOn && parseRetryOn(retries.retryOn)),
    perTryTimeoutMs: retries.perTryTimeout ?? 0,
    backoffMs: retries.backoff ?? base.backoffMs,
    avoidPreviousHosts: base.avoidPreviousHosts && retries.retryIgnorePreviousHosts !== false,
  };
}

/** Numbers among the words are status codes, and stand for `retriable-status-codes` as well. */
function parseRetryOn(retryOn: string): Pick<RetryPolicy, 'on' | 'statusCodes'> {
  const words = retryOn.split(',').filter((word) => word !== '');
  const codes = words.filter((word) => /^\d+$/.test(word));
  const on = new Set(words.filter((word) => !/^\d+$/.test(word)));
  if (codes.length > 0) on.add('retriable-status-codes');
  return { on, statusCodes: new Set(codes.map(Number)) };
}
