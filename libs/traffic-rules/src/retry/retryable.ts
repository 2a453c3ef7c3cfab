import type { RetryPolicy } from './retry-policy.js';

/** How one try ended. */
export type TryOutcome =
  /** Header names in lower case, names and values in turn. */
  | { kind: 'response'; status: number; headers: readonly string[] }
  /** No connection: refused, or not in time. */
  | { kind: 'connect-failure' }
  /** HTTP/2: the endpoint took none of the request. */
  | { kind: 'refused-stream' }
  /** The connection broke before a response; `requestSent`: after any of the request was written. */
  | { kind: 'reset'; requestSent: boolean }
  | { kind: 'per-try-timeout' };

/** gRPC status codes by Envoy's words for them. */
const grpcConditions: Readonly<Record<string, string>> = {
  cancelled: '1',
  'deadline-exceeded': '4',
  'resource-exhausted': '8',
  internal: '13',
  unavailable: '14',
};

/** Whether the policy covers the outcome; how many tries are left is the caller's count (Envoy, retry_state_impl.cc). */
export function retryable(policy: RetryPolicy, outcome: TryOutcome): boolean {
  const { on } = policy;
  if (policy.attempts === 0) return false;
  if (outcome.kind === 'response') return coversResponse(policy, outcome.status, outcome.headers);
  // Every failed try counts as a 5xx: that is what it would answer with.
  if (on.has('5xx') || on.has('gateway-error') || on.has('reset')) return true;
  switch (outcome.kind) {
    case 'connect-failure':
      return on.has('connect-failure') || on.has('reset-before-request');
    case 'refused-stream':
      return on.has('refused-stream');
    case 'reset':
      return !outcome.requestSent && on.has('reset-before-request');
    case 'per-try-timeout':
      return false;
  }
}

function coversResponse(
  { on, statusCodes }: RetryPolicy,
  status: number,
  headers: readonly string[],
): boolean {
  if (on.has('5xx') && status >= 500 && status < 600) return true;
  if (on.has('gateway-error') && status >= 502 && status <= 504) return true;
  if (on.has('retriable-4xx') && status === 409) return true;
  if (on.has('retriable-status-codes') && statusCodes.has(status)) return true;
  if (on.has('envoy-ratelimited') && headerValue(headers, 'x-envoy-ratelimited') !== undefined) return true;
  const grpcStatus = headerValue(headers, 'grpc-status');
  if (grpcStatus === undefined) return false;
  return Object.entries(grpcConditions).some(([word, code]) => code === grpcStatus && on.has(word));
}

function headerValue(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}
