import type {
  ClientTls,
  ConnectionPool,
  LoadBalancer,
  LocalityLoadBalancing,
  OutlierDetection,
  TrafficPolicy,
  ZoneAwareLoadBalancing,
} from '../resources/destination-rule.js';
import { ignoredByIstio, list, map, mapped, message, messageOf, notModelled } from './decode.js';
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
  ringHash: message({ minimumRingSize: ofOwnSize(uint64('1024')) }),
  maglev: message({ tableSize: ofOwnSize(uint64('65537')) }),
  minimumRingSize: ofOwnSize(uint64('1024')),
});

function ofOwnSize(size: Decoder<number>): Decoder<number> {
  return notModelled(
    size,
    'the table of hashes has a size of its own here: a key leads to one endpoint at all times, which may be another one than in a cluster.',
    { severity: 'info' },
  );
}

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

const locality = messageOf<LocalityLoadBalancing>(
  {
    distribute: list(message({ from: string, to: map(uint32('80')) })),
    failover: list(message({ from: string, to: string })),
    failoverPriority: list(string),
    enabled: boolean,
  },
  {},
);

const zoneAware = messageOf<ZoneAwareLoadBalancing>(
  {
    enabled: boolean,
    minClusterSize: uint32('6'),
    failover: list(message({ from: string, to: string })),
    failoverPriority: list(string),
  },
  {},
);

const backendUtilization = message({
  errorUtilizationPenaltyPercent: uint32('100'),
  metricNamesForComputingUtilization: list(string),
  weightExpirationPeriod: duration,
  weightStabilizationPeriod: duration,
  weightUpdatePeriod: duration,
});

function ofLocalities<T extends { enabled?: boolean }>(setting: Decoder<T>): Decoder<T> {
  return notModelled(
    setting,
    'endpoints of all regions and zones are used alike here; a cluster chooses among them by where the caller runs.',
    { unless: ({ enabled }) => enabled === false },
  );
}

function slowStart<T>(warmup: Decoder<T>): Decoder<T> {
  return notModelled(
    warmup,
    'a new endpoint gets its whole share of the requests at once here; in a cluster its share grows slowly.',
  );
}

const loadBalancer: Decoder<LoadBalancer> = mapped(
  message({
    simple: choice(['UNSPECIFIED', 'LEAST_CONN', 'RANDOM', 'PASSTHROUGH', 'ROUND_ROBIN', 'LEAST_REQUEST']),
    consistentHash: consistentHashSettings,
    localityLbSetting: ofLocalities(locality),
    zoneAwareLbSetting: ofLocalities(zoneAware),
    backendUtilization: notModelled(
      backendUtilization,
      'endpoints are not asked how busy they are here: they share the requests by their weights.',
    ),
    warmupDurationSecs: slowStart(duration),
    warmup: slowStart(message({ duration, minimumPercent: double, aggression: double })),
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

const tcpPool = messageOf<NonNullable<ConnectionPool['tcp']>>(
  {
    maxConnections: int32('100'),
    connectTimeout: duration,
    tcpKeepalive: notModelled(
      message({ probes: uint32('3'), time: duration, interval: duration }),
      'idle connections are not probed here; that changes no answer.',
      { severity: 'info' },
    ),
    maxConnectionDuration: notModelled(
      duration,
      'connections have no greatest age here; in a cluster they are closed and opened anew.',
    ),
    idleTimeout: duration,
  },
  {},
);

const httpPool = messageOf<NonNullable<ConnectionPool['http']>>(
  {
    http1MaxPendingRequests: int32('100'),
    http2MaxRequests: int32('100'),
    maxRequestsPerConnection: int32('10'),
    maxRetries: int32('3'),
    idleTimeout: duration,
    h2UpgradePolicy: choice(['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE']),
    useClientProtocol: boolean,
    maxConcurrentStreams: int32('100'),
    http2KeepAlive: notModelled(
      message({ interval: duration, timeout: duration }),
      'HTTP/2 connections are not probed by PING here; that changes no answer.',
      { severity: 'info' },
    ),
  },
  {},
);

const outlierDetection = messageOf<OutlierDetection>(
  {
    consecutiveErrors: int32('5'),
    splitExternalLocalOriginErrors: boolean,
    consecutiveLocalOriginFailures: uint32('5'),
    consecutiveGatewayErrors: uint32('5'),
    consecutive5xxErrors: uint32('5'),
    interval: duration,
    baseEjectionTime: duration,
    maxEjectionPercent: int32('10'),
    minHealthPercent: int32('0'),
    failurePercentageThreshold: notModelled(
      uint32('85'),
      'no endpoint is taken out for its share of failures here, only for failures in a row.',
    ),
    outlierDetectionHttpErrorCodes: notModelled(
      list(uint32('500')),
      'every status of 500 and above counts as a failure here, and no other one.',
      { unless: (codes) => codes.length === 0 },
    ),
  },
  {},
);

const tls = messageOf<ClientTls>(
  {
    mode: choice(['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL']),
    clientCertificate: text,
    privateKey: text,
    caCertificates: text,
    credentialName: text,
    caCertCredentialName: ignoredByIstio(text),
    subjectAltNames: list(string),
    sni: text,
    insecureSkipVerify: boolean,
    caCrl: text,
  },
  { mode: 'DISABLE' },
);

const portFields = {
  loadBalancer,
  connectionPool: messageOf<ConnectionPool>({ tcp: tcpPool, http: httpPool }, {}),
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
  tunnel: notModelled(
    message({ protocol: text, targetHost: string, targetPort: uint32('443') }),
    'connections go straight to the endpoints here, not through a tunnel.',
  ),
  proxyProtocol: notModelled(
    message({ version: choice(['V1', 'V2']) }),
    'the PROXY protocol is not spoken here: a server that waits for its line before each connection does not answer.',
  ),
  retryBudget: notModelled(
    message({ percent: double, minRetryConcurrency: uint32('3'), budgetInterval: duration }),
    'retries have no budget here; connectionPool.http.maxRetries limits them.',
  ),
});

export const trafficPolicy: Decoder<TrafficPolicy> = mapped(policyFields, policy);

type PolicyFields = Omit<TrafficPolicy, 'portLevelSettings'> & {
  portLevelSettings?: TrafficPolicy['portLevelSettings'];
};

function policy(fields: PolicyFields): TrafficPolicy {
  return { ...fields, portLevelSettings: fields.portLevelSettings ?? [] };
}
