import type { HttpRetry } from '../resources/virtual-service.js';
import { defaultRetryPolicy, type RetryPolicy } from '../retry/retry-policy.js';

const off: RetryPolicy = {
  ...defaultRetryPolicy,
  attempts: 0,
  on: new Set(),
  avoidPreviousHosts: false,
};

/** Istio, retry.go ConvertPolicy: no attempts means off; fields left out are the default's. */
export function retryPolicyOf(retries: HttpRetry | undefined): RetryPolicy {
  const base = defaultRetryPolicy;
  if (retries === undefined) return base;
  const attempts = Math.max(0, retries.attempts ?? 0);
  if (attempts === 0) return off;
  return {
    ...base,
    attempts,
    ...(retries.retryOn && parseRetryOn(retries.retryOn)),
    perTryTimeoutMs: retries.perTryTimeout ?? 0,
    backoffMs: retries.backoff ?? base.backoffMs,
    avoidPreviousHosts: retries.retryIgnorePreviousHosts !== false,
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
