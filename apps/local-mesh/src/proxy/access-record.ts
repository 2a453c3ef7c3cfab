import type { ConnectionDecision, Decision } from '@grayscale/traffic-rules';

/**
 * Envoy's short names for what went wrong; several can hold at once.
 * NR no route, NC no cluster, UH no healthy upstream, UF upstream connection failure, URX retry limit reached,
 * UT upstream request timeout, UC upstream connection termination, UPE upstream protocol error, FI fault injected,
 * DI delay injected, DC downstream connection termination, DPE downstream protocol error, DF DNS failure, UR upstream remote reset,
 * UO upstream overflow (a limit of the connection pool).
 */
export type ResponseFlag =
  | 'NR'
  | 'NC'
  | 'UH'
  | 'UF'
  | 'URX'
  | 'UT'
  | 'UC'
  | 'UPE'
  | 'FI'
  | 'DI'
  | 'DC'
  | 'DPE'
  | 'DF'
  | 'UR'
  | 'UO';

/** How the bytes came: HTTP, or a tunnel that is not looked into. */
export type AccessProtocol = 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2' | 'tcp';

/** One finished request or tunnel: what the access log, the metrics and the event stream are made of. */
export interface AccessRecord {
  /** Milliseconds since 1970. */
  startTime: number;
  method: string;
  /** The path as the client sent it, before normalization and rewrites. */
  path: string;
  authority: string;
  /** The port that the client dialled. */
  port: number;
  protocol: AccessProtocol;
  /** What the client got; 0 when it went away before an answer, and for tunnels. */
  status: number;
  flags: readonly ResponseFlag[];
  /** Envoy's RESPONSE_CODE_DETAILS: `via_upstream`, `route_not_found`, ... */
  details: string;
  /** Body bytes from the client. */
  bytesReceived: number;
  /** Body bytes to the client. */
  bytesSent: number;
  /** Milliseconds from the request's head to the answer's last byte. */
  durationMs: number;
  /** Envoy's `x-envoy-upstream-service-time`; undefined when no upstream answered. */
  upstreamDurationMs: number | undefined;
  forwardedFor: string | undefined;
  userAgent: string | undefined;
  requestId: string | undefined;
  /** `address:port` of the last endpoint tried. */
  upstreamHost: string | undefined;
  /** `outbound|80||hello.com`, `PassthroughCluster`, `BlackHoleCluster`. */
  upstreamCluster: string | undefined;
  /** `address:port` of the client. */
  downstreamAddress: string;
  /** Tries that were made; 0 when the proxy answered by itself. */
  attempts: number;
  /** Of a gRPC call, and empty where its answer has none; missing: it is not a call. */
  grpcStatus?: string;
  /** Undefined where the request was too broken to be routed. */
  decision: Decision | ConnectionDecision | undefined;
}
