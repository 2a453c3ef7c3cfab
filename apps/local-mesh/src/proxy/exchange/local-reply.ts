import type { DirectResponse } from '@grayscale/traffic-rules';
import type { ResponseFlag } from '../access-record.js';
import type { UnsendableHead } from '../message/sendable.js';
import type { StreamFailure } from '../upstream/stream.js';

/** An answer that the proxy gives by itself, as Envoy words it. */
export interface LocalReply {
  status: number;
  body: string | Uint8Array;
  flag?: ResponseFlag;
  /** Envoy's RESPONSE_CODE_DETAILS. */
  details: string;
  /** Names and values in turn. */
  headers?: readonly string[];
  /** The same, of gRPC alone: they stand behind what a rule adds. */
  call?: readonly string[];
  /** For a gRPC caller; without it, the one that goes with the status. */
  grpcStatus?: number;
  /** Ends the connection as well. */
  close?: true;
  /** Envoy gives it when it writes to the upstream, and has taken what there is of a body by then. */
  late?: true;
}

export type UpstreamFailure = Exclude<StreamFailure, 'name-not-found' | 'loop'>;

const resetReasons: Record<UpstreamFailure, { text: string; flag: ResponseFlag; status: number }> = {
  refused: { text: 'remote connection failure', flag: 'UF', status: 503 },
  timeout: { text: 'connection timeout', flag: 'UF', status: 503 },
  termination: { text: 'connection termination', flag: 'UC', status: 503 },
  protocol: { text: 'protocol error', flag: 'UPE', status: 502 },
  reset: { text: 'remote reset', flag: 'UR', status: 503 },
  'refused-stream': { text: 'remote refused stream reset', flag: 'UR', status: 503 },
  overflow: { text: 'overflow', flag: 'UO', status: 503 },
};

export const replies = {
  badRequest: { status: 400, body: 'Bad Request', details: 'http1.codec_error', close: true },
  noRoute: { status: 404, body: '', flag: 'NR', details: 'route_not_found' },
  noCluster: { status: 503, body: '', flag: 'NC', details: 'cluster_not_found' },
  blocked: { status: 502, body: '', details: 'direct_response' },
  noHealthyUpstream: { status: 503, body: 'no healthy upstream', flag: 'UH', details: 'no_healthy_upstream' },
  timeout: { status: 504, body: 'upstream request timeout', flag: 'UT', details: 'response_timeout' },
  perTryTimeout: {
    status: 504,
    body: 'upstream request timeout',
    flag: 'UT',
    details: 'upstream_per_try_timeout',
  },
  nameNotFound: {
    status: 503,
    body: 'DNS resolution failure',
    flag: 'DF',
    details: 'dns_resolution_failure',
  },
  upgradeRefused: { status: 403, body: '', details: 'upgrade_failed', close: true },
  streamTimeout: { status: 504, body: 'stream timeout', details: 'stream_idle_timeout' },
  requestTimeout: { status: 408, body: 'stream timeout', details: 'stream_idle_timeout' },
  preflight: { status: 200, body: '', details: 'cors_response' },

  /** Not Envoy's: a sidecar's own port cannot be asked by name, a proxy's can. */
  loop: (authority: string): LocalReply => ({
    status: 508,
    body: `${authority} is the local mesh itself: ask for the service that you want, with this address as HTTP proxy\n`,
    details: 'loop_detected',
  }),

  /** Nor this: an endpoint with the proxy's own port, which a sidecar's never is. */
  endpointLoop: (endpoint: string, cluster: string): LocalReply => ({
    status: 508,
    body: `${endpoint}, an endpoint of ${cluster}, is the local mesh itself: give the port on which the service listens\n`,
    details: 'loop_detected',
  }),

  /** Envoy's words for a header name (recorded: `http-crlf-header-name`); of a target that a rule made, its servers' answer (`http-rewrite-odd`). */
  unsendable: ({ part, message }: UnsendableHead): LocalReply =>
    part === 'target' || part === 'authority'
      ? { status: 400, body: '', details: 'invalid_path', late: true }
      : { status: 503, body: printable(message), details: 'invalid_header', late: true },

  internalError: (message: string): LocalReply => ({
    status: 500,
    body: `the local mesh could not decide where this request goes: ${message}\n`,
    details: 'internal_error',
  }),

  redirect: (status: number, location: string): LocalReply => ({
    status,
    body: '',
    headers: ['location', location],
    details: 'direct_response',
  }),

  direct: ({ status, body, location }: DirectResponse): LocalReply => ({
    status,
    body,
    details: 'direct_response',
    ...(location === undefined ? {} : { headers: ['location', location] }),
  }),

  /** A fault of gRPC is an empty 200 with this text to every other client, as Envoy has it. */
  faultAbort: (abort: { status: number } | { grpcStatus: number }): LocalReply => ({
    body: 'fault filter abort',
    flag: 'FI',
    details: 'fault_filter_abort',
    ...('status' in abort ? abort : { status: 200, ...abort }),
  }),

  upstreamFailure: (failure: UpstreamFailure, tries: number): LocalReply => {
    const { text, flag, status } = resetReasons[failure];
    const reason = tries > 1 ? 'retried and the latest reset reason' : 'reset reason';
    return {
      status,
      body: `upstream connect error or disconnect/reset before headers. ${reason}: ${text}`,
      flag,
      details: `upstream_reset_before_response_started{${text.replaceAll(' ', '_')}}`,
      ...(failure === 'overflow' && { headers: ['x-envoy-overloaded', 'true'] }),
    };
  },
} as const;

/** Line ends and other controls of a rule as they would be written in a program. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\0-\x1f\x7f]/g, (control) => JSON.stringify(control).slice(1, -1));
}
