import type { RetryPolicy } from './retry-policy.js';
import { retryable, type TryOutcome } from './retryable.js';

function policy(on: string, statusCodes: number[] = [], attempts = 2): RetryPolicy {
  return {
    attempts,
    on: new Set(on.split(',')),
    statusCodes: new Set(statusCodes),
    perTryTimeoutMs: 0,
    backoffMs: 25,
    avoidPreviousHosts: true,
  };
}

const answer = (status: number, ...headers: string[]): TryOutcome => ({ kind: 'response', status, headers });
const refused: TryOutcome = { kind: 'connect-failure' };
const slow: TryOutcome = { kind: 'per-try-timeout' };
const reset = (requestSent: boolean): TryOutcome => ({ kind: 'reset', requestSent });
const byDefault = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes';

describe('a retry policy', () => {
  it.each([
    { on: byDefault, outcome: refused, expected: true },
    { on: byDefault, outcome: { kind: 'refused-stream' } as const, expected: true },
    { on: byDefault, outcome: answer(503), expected: false },
    { on: byDefault, outcome: reset(true), expected: false },
    { on: byDefault, outcome: slow, expected: false },
    { on: byDefault, outcome: answer(200, 'grpc-status', '14'), expected: true },
    { on: byDefault, outcome: answer(200, 'grpc-status', '13'), expected: false },
    { on: '5xx', outcome: answer(500), expected: true },
    { on: '5xx', outcome: answer(404), expected: false },
    { on: '5xx', outcome: reset(true), expected: true },
    { on: '5xx', outcome: slow, expected: true },
    { on: '5xx', outcome: refused, expected: true },
    { on: 'gateway-error', outcome: answer(500), expected: false },
    { on: 'gateway-error', outcome: answer(501), expected: false },
    { on: 'gateway-error', outcome: answer(502), expected: true },
    { on: 'gateway-error', outcome: answer(503), expected: true },
    { on: 'gateway-error', outcome: answer(504), expected: true },
    { on: 'gateway-error', outcome: answer(505), expected: false },
    { on: 'gateway-error', outcome: slow, expected: true },
    { on: 'connect-failure', outcome: slow, expected: false },
    { on: 'connect-failure', outcome: reset(false), expected: false },
    { on: 'reset', outcome: reset(true), expected: true },
    { on: 'reset-before-request', outcome: reset(false), expected: true },
    { on: 'reset-before-request', outcome: reset(true), expected: false },
    { on: 'retriable-4xx', outcome: answer(409), expected: true },
    { on: 'retriable-4xx', outcome: answer(404), expected: false },
    { on: 'retriable-status-codes', outcome: answer(429), expected: true },
    { on: 'retriable-status-codes', outcome: answer(428), expected: false },
    { on: 'envoy-ratelimited', outcome: answer(429, 'x-envoy-ratelimited', 'true'), expected: true },
    { on: 'resource-exhausted', outcome: answer(200, 'grpc-status', '8'), expected: true },
  ])('on $on covers $outcome: $expected', ({ on, outcome, expected }) => {
    expect(retryable(policy(on, [429]), outcome)).toBe(expected);
  });

  it('without attempts covers nothing', () => {
    expect(retryable(policy('5xx', [], 0), answer(500))).toBe(false);
  });
});
