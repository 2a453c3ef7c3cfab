/** What one client may cost the proxy. Times are milliseconds; 0 switches a time off. */
export interface ProxyLimits {
  /** Client connections at once; one more is closed at once. */
  maxConnections: number;
  /** Request line and headers together; Envoy's own limit is 60 KiB. A longer head is answered with 431. */
  maxHeaderBytes: number;
  /** Header lines of one message; Envoy's own limit is 100. */
  maxHeaderCount: number;
  /** A connection on which no request is under way is closed after this; Envoy's own limit is an hour. */
  idleTimeoutMs: number;
  /** From a request's first byte to the end of its headers. */
  requestHeadersTimeoutMs: number;
  /** A request or tunnel in which nothing moves in either direction is given up after this; Istio leaves it off. */
  streamIdleTimeoutMs: number;
  /** The largest request body that is kept for retries, in bytes; a longer one is sent once. Envoy's own limit is 1 MiB. */
  maxReplayBytes: number;
}

export const defaultLimits: ProxyLimits = {
  maxConnections: 10_000,
  maxHeaderBytes: 60 * 1024,
  maxHeaderCount: 100,
  idleTimeoutMs: 3_600_000,
  requestHeadersTimeoutMs: 60_000,
  streamIdleTimeoutMs: 0,
  maxReplayBytes: 1024 * 1024,
};
