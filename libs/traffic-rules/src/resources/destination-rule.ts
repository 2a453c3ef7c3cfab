import type { ResourceBase } from './metadata.js';

/** networking.istio.io DestinationRule. All durations are milliseconds. */
export interface DestinationRule extends ResourceBase {
  kind: 'DestinationRule';
  spec: DestinationRuleSpec;
}

export interface DestinationRuleSpec {
  host: string;
  subsets: Subset[];
  trafficPolicy?: TrafficPolicy;
  exportTo: string[];
  workloadSelector?: Record<string, string>;
}

export interface Subset {
  name: string;
  labels: Record<string, string>;
  trafficPolicy?: TrafficPolicy;
}

/** What concerns HTTP routing of a TrafficPolicy; the rest is checked for structure and left to the cluster. */
export interface TrafficPolicy {
  loadBalancer?: LoadBalancer;
  connectTimeout?: number;
  /** `h2UpgradePolicy: UPGRADE`. */
  http2?: boolean;
  tls?: { mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL'; sni?: string };
  portLevelSettings: Array<TrafficPolicy & { port: number }>;
}

export interface LoadBalancer {
  simple?: 'UNSPECIFIED' | 'RANDOM' | 'PASSTHROUGH' | 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'LEAST_CONN';
  consistentHash?: ConsistentHash;
}

export type ConsistentHash =
  | { kind: 'header'; name: string }
  | { kind: 'cookie'; name: string; path?: string; ttl?: number }
  | { kind: 'query-parameter'; name: string }
  | { kind: 'source-ip' };
