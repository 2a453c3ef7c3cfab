import type { Cluster, ConnectionLimits, OutlierDetection } from '../cluster.js';

/** Of one and of several. */
type Noun = readonly [one: string, several: string];

const nouns: Readonly<Record<Exclude<keyof ConnectionLimits, 'idleTimeoutMs'>, Noun>> = {
  maxConnections: ['connection', 'connections'],
  maxPendingRequests: ['request waiting for one', 'requests waiting for one'],
  maxRequests: ['request at once', 'requests at once'],
  maxRetries: ['retry at once', 'retries at once'],
  maxRequestsPerConnection: ['request on each connection', 'requests on each connection'],
  maxConcurrentStreams: ['stream on each connection of HTTP/2', 'streams on each connection of HTTP/2'],
};

type Cause = Extract<keyof OutlierDetection, `consecutive${string}`>;

const causeNouns: Readonly<Record<Cause, Noun>> = {
  consecutive5xx: ['answer of 5xx', 'answers of 5xx'],
  consecutiveGatewayErrors: ['of 502, 503 or 504', 'of 502, 503 or 504'],
  consecutiveLocalFailures: ['failure to reach it', 'failures to reach it'],
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
    ...Object.entries(counts).map(([name, count]) => counted(count, nouns[name as keyof typeof nouns])),
    ...(idleTimeoutMs === undefined ? [] : [`${seconds(idleTimeoutMs)} without a request on a connection`]),
  ].join(', ');
}

function ejection(detection: OutlierDetection): string {
  const causes = (Object.keys(causeNouns) as Cause[]).flatMap((cause) => {
    const count = detection[cause] ?? 0;
    return count === 0 ? [] : [counted(count, causeNouns[cause])];
  });
  if (causes.length === 0) return 'no endpoint is ejected: every count of errors is 0';
  const { baseEjectionMs, maxEjectionPercent } = detection;
  return `an endpoint is ejected for ${seconds(baseEjectionMs)} after ${causes.join(' or ')} in a row, at most ${maxEjectionPercent} % of them`;
}

function counted(count: number, [one, several]: Noun): string {
  return `${count} ${count === 1 ? one : several}`;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
