import type { ConnectionLimits, OutlierDetection } from '../cluster.js';
import type {
  ConnectionPool,
  OutlierDetection as WrittenOutlierDetection,
} from '../resources/destination-rule.js';

/** A limit of 0 is none; the idle time of HTTP goes before that of TCP (Istio, cluster_traffic_policy.go applyConnectionPool). */
export function connectionLimits({ http = {}, tcp = {} }: ConnectionPool): ConnectionLimits | undefined {
  const idleTimeoutMs = http.idleTimeout ?? tcp.idleTimeout;
  const written = {
    maxConnections: tcp.maxConnections,
    maxPendingRequests: http.http1MaxPendingRequests,
    maxRequests: http.http2MaxRequests,
    maxRetries: http.maxRetries,
    maxRequestsPerConnection: http.maxRequestsPerConnection,
    maxConcurrentStreams: http.maxConcurrentStreams,
    idleTimeoutMs,
  } satisfies Record<keyof ConnectionLimits, number | undefined>;
  const limits = Object.entries(written).filter(([, value]) => value !== undefined && value > 0);
  return limits.length === 0 ? undefined : (Object.fromEntries(limits) as ConnectionLimits);
}

/** Envoy's defaults (outlier_detection.proto), of which Istio leaves those for 5xx in force and those for gateway errors out of it. */
export function outlierDetection(written: WrittenOutlierDetection): OutlierDetection {
  return {
    consecutive5xx: written.consecutive5xxErrors ?? 5,
    consecutiveGatewayErrors: written.consecutiveGatewayErrors ?? 0,
    ...(written.splitExternalLocalOriginErrors === true && {
      consecutiveLocalFailures: written.consecutiveLocalOriginFailures || 5,
    }),
    intervalMs: written.interval ?? 10_000,
    baseEjectionMs: written.baseEjectionTime ?? 30_000,
    maxEjectionPercent: written.maxEjectionPercent || 10,
    minHealthPercent: written.minHealthPercent ?? 0,
  };
}
