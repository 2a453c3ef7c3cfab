import type { LoadBalancer, TrafficPolicy } from '../resources/destination-rule.js';
import { checked, list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { portNumber } from './destination.js';
import { boolean, choice, double, duration, int32, string, text, uint32, uint64 } from './scalar.js';

const cookieAttribute = message({ name: string, value: string });

const cookieFields = message({
  name: string,
  path: text,
  ttl: duration,
  attributes: list(cookieAttribute),
});

const cookie = mapped(cookieFields, (decoded) => ({
  ...decoded,
  name: decoded.name ?? '',
}));

const consistentHashFields = message({
  httpHeaderName: string,
  httpCookie: cookie,
  useSourceIp: boolean,
  httpQueryParameterName: string,
  ringHash: message({ minimumRingSize: uint64('1024') }),
  maglev: message({ tableSize: uint64('65537') }),
  minimumRingSize: uint64('1024'),
});

type ConsistentHashFields = ReturnType<typeof consistentHashFields>;

const consistentHashSettings = mapped(consistentHashFields, (decoded) => {
  const { ringHash, maglev, minimumRingSize, ...keys } = decoded;
  return { fields: decoded, key: hashKey(keys) };
});

/** Of several keys istiod keeps the last in this order. */
function hashKey(fields: NonNullable<ConsistentHashFields>): LoadBalancer['consistentHash'] {
  if (fields.httpQueryParameterName !== undefined)
    return { kind: 'query-parameter', name: fields.httpQueryParameterName };
  if (fields.useSourceIp !== undefined) return { kind: 'source-ip' };
  if (fields.httpCookie !== undefined) return { kind: 'cookie', ...fields.httpCookie };
  return fields.httpHeaderName === undefined ? undefined : { kind: 'header', name: fields.httpHeaderName };
}

const locality = message({
  distribute: list(message({ from: string, to: map(uint32('80')) })),
  failover: list(message({ from: string, to: string })),
  failoverPriority: list(string),
  enabled: boolean,
});

const zoneAware = message({
  enabled: boolean,
  minClusterSize: uint32('6'),
  failover: list(message({ from: string, to: string })),
  failoverPriority: list(string),
});

const backendUtilization = message({
  errorUtilizationPenaltyPercent: uint32('100'),
  metricNamesForComputingUtilization: list(string),
  weightExpirationPeriod: duration,
  weightStabilizationPeriod: duration,
  weightUpdatePeriod: duration,
});

const loadBalancer: Decoder<LoadBalancer> = mapped(
  message({
    simple: choice(['UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST']),
    consistentHash: consistentHashSettings,
    localityLbSetting: locality,
    zoneAwareLbSetting: zoneAware,
    backendUtilization: checked(backendUtilization),
    warmupDurationSecs: duration,
    warmup: message({ duration, minimumPercent: double, aggression: double }),
  }),
  ({ consistentHash, ...decoded }) => {
    const { simple, ...rest } = decoded;
    if (consistentHash === undefined) return decoded;
    const { ringHash, maglev, minimumRingSize } = consistentHash.fields;
    return {
      ...rest,
      ...(consistentHash.key && { consistentHash: consistentHash.key }),
      hashTable: {
        ...(ringHash && { algorithm: 'ringHash' as const }),
        ...(maglev && { algorithm: 'maglev' as const }),
        ...(maglev?.tableSize !== undefined && { maglevTableSize: maglev.tableSize }),
        ...(minimumRingSize && { deprecatedRingSize: minimumRingSize }),
      },
    };
  },
);

const tcpPool = message({
  maxConnections: int32('100'),
  connectTimeout: duration,
  tcpKeepalive: message({ probes: uint32('3'), time: duration, interval: duration }),
  maxConnectionDuration: duration,
  idleTimeout: duration,
});

const httpPool = message({
  http1MaxPendingRequests: int32('100'),
  http2MaxRequests: int32('100'),
  maxRequestsPerConnection: int32('10'),
  maxRetries: int32('3'),
  idleTimeout: duration,
  h2UpgradePolicy: choice(['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE']),
  useClientProtocol: boolean,
  maxConcurrentStreams: int32('100'),
  http2KeepAlive: message({ interval: duration, timeout: duration }),
});

const outlierDetection = message({
  consecutiveErrors: int32('5'),
  splitExternalLocalOriginErrors: boolean,
  consecutiveLocalOriginFailures: uint32('5'),
  consecutiveGatewayErrors: uint32('5'),
  consecutive5xxErrors: uint32('5'),
  interval: duration,
  baseEjectionTime: duration,
  maxEjectionPercent: int32('10'),
  minHealthPercent: int32('0'),
  failurePercentageThreshold: checked(uint32('85')),
  outlierDetectionHttpErrorCodes: checked(list(uint32('500'))),
});

const tls = mapped(
  message({
    mode: choice(['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']),
    clientCertificate: text,
    privateKey: text,
    caCertificates: text,
    credentialName: text,
    caCertCredentialName: text,
    subjectAltNames: list(string),
    sni: text,
    insecureSkipVerify: boolean,
    caCrl: text,
  }),
  (decoded) => ({ ...decoded, mode: decoded.mode ?? 'DISABLE' }),
);

const portFields = {
  loadBalancer,
  connectionPool: message({ tcp: tcpPool, http: httpPool }),
  outlierDetection,
  tls,
};

const portPolicy = mapped(message({ port: portNumber, ...portFields }), ({ port, ...fields }) => ({
  ...policy(fields),
  ...(port === undefined ? {} : { port }),
}));

const policyFields = message({
  ...portFields,
  portLevelSettings: list(portPolicy),
  tunnel: message({ protocol: text, targetHost: string, targetPort: uint32('443') }),
  proxyProtocol: message({ version: choice(['V1', 'V2']) }),
  retryBudget: message({ percent: double, minRetryConcurrency: uint32('3'), budgetInterval: duration }),
});

export const trafficPolicy: Decoder<TrafficPolicy> = mapped(policyFields, policy);

type PolicyFields = Omit<TrafficPolicy, 'portLevelSettings'> & {
  portLevelSettings?: TrafficPolicy['portLevelSettings'];
};

function upgrade(policy = 'DEFAULT'): { http2?: boolean } {
  return policy === 'DEFAULT' ? {} : { http2: policy === 'UPGRADE' };
}

/** Lifts what routing needs out of the connection pool. */
function policy(fields: PolicyFields): TrafficPolicy {
  const connectTimeout = fields.connectionPool?.tcp?.connectTimeout;
  return {
    ...fields,
    ...(connectTimeout === undefined ? {} : { connectTimeout }),
    ...upgrade(fields.connectionPool?.http?.h2UpgradePolicy),
    portLevelSettings: fields.portLevelSettings ?? [],
  };
}
