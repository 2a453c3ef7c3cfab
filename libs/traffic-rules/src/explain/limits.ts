import type { Cluster, ConnectionLimits, OutlierDetection } from '../cluster.js';

const words: Readonly<Record<Exclude<keyof ConnectionLimits, 'idleTimeoutMs'>, string>> = {
  maxConnections: 'connections',
  maxPendingRequests: 'requests waiting for one',
  maxRequests: 'requests at once',
  maxRetries: 'retries at once',
  maxRequestsPerConnection: 'requests on each connection',
  maxConcurrentStreams: 'streams on each connection of HTTP/2',
};

/** What of a cluster's limits, and of what takes its endpoints out, applies; a line each. */
export function describeLimits({ limits, outlierDetection }: Cluster): string[] {
  return [
    ...(limits === undefined ? [] : [`at most ${limitWords(limits)}`]),
    ...(outlierDetection === undefined ? [] : [ejection(outlierDetection)]),
  ];
}

function limitWords({ idleTimeoutMs, ...counts }: ConnectionLimits): string {
  return [
    ...Object.entries(counts).map(([name, count]) => `${count} ${words[name as keyof typeof words]}`),
    ...(idleTimeoutMs === undefined ? [] : [`${seconds(idleTimeoutMs)} without a request on a connection`]),
  ].join(', ');
}

function ejection(detection: OutlierDetection): string {
  const { consecutive5xx, consecutiveGatewayErrors, consecutiveLocalFailures } = detection;
  const causes = [
    ...(consecutive5xx === 0 ? [] : [`${consecutive5xx} answers of 5xx`]),
    ...(consecutiveGatewayErrors === 0 ? [] : [`${consecutiveGatewayErrors} of 502, 503 or 504`]),
    ...(consecutiveLocalFailures === undefined ? [] : [`${consecutiveLocalFailures} failures to reach it`]),
  ];
  if (causes.length === 0) return 'no endpoint is ejected: every count of errors is 0';
  const { baseEjectionMs, maxEjectionPercent } = detection;
  return `an endpoint is ejected for ${seconds(baseEjectionMs)} after ${causes.join(' or ')} in a row, at most ${maxEjectionPercent} % of them`;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
