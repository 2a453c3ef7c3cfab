import type { Labels } from './labels.js';

/** What became of a request. */
export type Outcome = 'success' | 'failed' | 'gaveUp';

/** Server-side errors: UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const failedGrpcStatuses = new Set(['2', '4', '8', '12', '13', '14', '15']);

/** Envoy's flags for a caller that gave up: its connection ended (DC), or it reset its HTTP/2 stream (DR). */
const gaveUpFlags = new Set(['DC', 'DR']);

/**
 * The outcome that a series of Istio's standard metrics counts. Response code 0 means that there was no response:
 * the caller's own doing when the flags say so, else a failure.
 */
export function outcomeOf(labels: Labels): Outcome {
  const code = Number(labels.response_code ?? '');
  if (code >= 500 || failedGrpcStatuses.has(labels.grpc_response_status ?? '')) return 'failed';
  const flags = (labels.response_flags ?? '').split(',');
  if (flags.some((flag) => gaveUpFlags.has(flag))) return 'gaveUp';
  return code > 0 ? 'success' : 'failed';
}
