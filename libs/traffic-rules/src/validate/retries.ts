import { quote } from '../fields/describe.js';
import type { HttpRetry } from '../resources/virtual-service.js';
import { validateDurations } from './duration.js';
import type { Report } from './report.js';

const conditions = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'envoy-ratelimited',
  'http3-post-connect-failure',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
];

/** The status codes that Go's net/http has a text for. */
const knownStatuses: ReadonlyArray<readonly [from: number, to: number]> = [
  [100, 103],
  [200, 208],
  [226, 226],
  [300, 305],
  [307, 308],
  [400, 418],
  [421, 426],
  [428, 429],
  [431, 431],
  [451, 451],
  [500, 508],
  [510, 511],
];

export function validateRetries(retries: HttpRetry | undefined, path: string, report: Report): void {
  if (retries === undefined) return;
  const { attempts = 0, perTryTimeout, retryOn, retryRemoteLocalities } = retries;
  if (attempts < 0)
    report.error(
      'retries-invalid',
      `${path}.attempts`,
      `attempts is ${attempts}; write 0 for no retries, or more.`,
    );
  const policy = [perTryTimeout, retryOn, retryRemoteLocalities].some((field) => field !== undefined);
  if (attempts === 0 && policy)
    report.error(
      'retries-invalid',
      path,
      'a retry policy is written, but attempts is 0; write attempts: 2, or leave the policy out.',
    );
  validateDurations(retries, ['perTryTimeout', 'backoff'], path, report);
  if (retryOn !== undefined) validateRetryOn(retryOn, `${path}.retryOn`, report);
}

function validateRetryOn(retryOn: string, path: string, report: Report): void {
  for (const condition of retryOn.split(',')) {
    if (conditions.includes(condition) || isKnownStatus(condition)) continue;
    const blank = conditions.includes(condition.trim())
      ? 'write the list without blanks'
      : `write ${conditions.join(', ')} or a status code`;
    report.error('retries-invalid', path, `${quote(condition)} is not a condition to retry on; ${blank}.`);
  }
}

function isKnownStatus(text: string): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false;
  const status = Number(text);
  return knownStatuses.some(([from, to]) => from <= status && status <= to);
}
