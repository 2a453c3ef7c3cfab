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
  connectionPool?: ConnectionPool;
  outlierDetection?: OutlierDetection;
  tls?: ClientTls;
  /** `port` is absent when it is not written, and 0 for `port: {}`, which Istio accepts. */
  portLevelSettings: Array<TrafficPolicy & { port?: number }>;
  /** The fields below are kept for validation. */
  tunnel?: { protocol?: string; targetHost?: string; targetPort?: number };
  proxyProtocol?: { version?: 'V1' | 'V2' };
  retryBudget?: { percent?: number; minRetryConcurrency?: number; budgetInterval?: number };
}

export interface ClientTls {
  mode: 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';
  sni?: string;
  clientCertificate?: string;
  privateKey?: string;
  caCertificates?: string;
  credentialName?: string;
  subjectAltNames?: string[];
  insecureSkipVerify?: boolean;
  caCrl?: string;
}

export interface ConnectionPool {
  tcp?: {
    maxConnections?: number;
    connectTimeout?: number;
    tcpKeepalive?: { probes?: number; time?: number; interval?: number };
    maxConnectionDuration?: number;
    idleTimeout?: number;
  };
  http?: {
    http1MaxPendingRequests?: number;
    http2MaxRequests?: number;
    maxRequestsPerConnection?: number;
    maxRetries?: number;
    idleTimeout?: number;
    h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE';
    useClientProtocol?: boolean;
    maxConcurrentStreams?: number;
    http2KeepAlive?: { interval?: number; timeout?: number };
  };
}

export interface OutlierDetection {
  consecutiveErrors?: number;
  splitExternalLocalOriginErrors?: boolean;
  consecutiveLocalOriginFailures?: number;
  consecutiveGatewayErrors?: number;
  consecutive5xxErrors?: number;
  interval?: number;
  baseEjectionTime?: number;
  maxEjectionPercent?: number;
  minHealthPercent?: number;
}

export interface LoadBalancer {
  simple?: 'UNSPECIFIED' | 'RANDOM' | 'PASSTHROUGH' | 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'LEAST_CONN';
  consistentHash?: ConsistentHash;
  /** The fields below are kept for validation. */
  hashTable?: { algorithm?: 'ringHash' | 'maglev'; maglevTableSize?: number; deprecatedRingSize?: number };
  localityLbSetting?: LocalityLoadBalancing;
  zoneAwareLbSetting?: ZoneAwareLoadBalancing;
  warmupDurationSecs?: number;
  warmup?: { duration?: number; minimumPercent?: number; aggression?: number };
}

export interface LocalityLoadBalancing {
  distribute?: Array<{ from?: string; to?: Record<string, number> }>;
  failover?: Array<{ from?: string; to?: string }>;
  failoverPriority?: string[];
  enabled?: boolean;
}

/** Since Istio 1.31. */
export interface ZoneAwareLoadBalancing {
  enabled?: boolean;
  minClusterSize?: number;
  failover?: Array<{ from?: string; to?: string }>;
  failoverPriority?: string[];
}

export type ConsistentHash =
  | { kind: 'header'; name: string }
  | {
      kind: 'cookie';
      name: string;
      path?: string;
      ttl?: number;
      attributes?: Array<{ name?: string; value?: string }>;
    }
  | { kind: 'query-parameter'; name: string }
  | { kind: 'source-ip' };
