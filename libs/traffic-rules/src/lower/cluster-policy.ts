import { toBytes } from '../bytes.js';
import type { HashPolicy, LoadBalancing, UpstreamProtocol } from '../cluster.js';
import type { ClusterPolicy } from '../model/service.js';
import type { ConnectionPool, ConsistentHash, TrafficPolicy } from '../resources/destination-rule.js';
import { originatedTls } from './client-tls.js';
import { connectionLimits, outlierDetection } from './connection-limits.js';

interface PolicyContext {
  /** Whether the DestinationRule selects workloads. */
  forWorkload: boolean;
  /** Where the policy says nothing. */
  connectTimeoutMs: number;
  protocol: UpstreamProtocol;
}

export function clusterPolicy(
  policy: TrafficPolicy | undefined,
  { forWorkload, connectTimeoutMs, protocol }: PolicyContext,
): ClusterPolicy {
  const tls = originatedTls(policy?.tls, { forWorkload });
  const limits = policy?.connectionPool && connectionLimits(policy.connectionPool);
  return {
    loadBalancing: loadBalancing(policy),
    connectTimeoutMs: policy?.connectionPool?.tcp?.connectTimeout ?? connectTimeoutMs,
    protocol: protocolBy(policy?.connectionPool?.http) ?? protocol,
    ...(tls !== undefined && { tls }),
    ...(limits !== undefined && { limits }),
    ...(policy?.outlierDetection !== undefined && {
      outlierDetection: outlierDetection(policy.outlierDetection),
    }),
  };
}

/** Undefined: nothing is said of it. The client's protocol goes before an upgrade (Istio, cluster_traffic_policy.go shouldH2Upgrade). */
function protocolBy(pool: ConnectionPool['http']): UpstreamProtocol | undefined {
  if (pool?.useClientProtocol === true) return 'as-client';
  switch (pool?.h2UpgradePolicy) {
    case 'UPGRADE':
      return 'http2';
    case 'DO_NOT_UPGRADE':
      return 'http1';
    default:
      return undefined;
  }
}

function loadBalancing(policy: TrafficPolicy | undefined): LoadBalancing {
  const { consistentHash, simple } = policy?.loadBalancer ?? {};
  if (consistentHash !== undefined) return inBytes(consistentHash);
  if (simple === 'RANDOM' || simple === 'ROUND_ROBIN' || simple === 'PASSTHROUGH') return simple;
  return 'LEAST_REQUEST';
}

/** What a rule says as it stands in requests and answers: UTF-8, one character for each byte. */
function inBytes(hash: ConsistentHash): HashPolicy {
  if (hash.kind === 'source-ip') return hash;
  if (hash.kind !== 'cookie') return { ...hash, name: toBytes(hash.name) };
  const { path, ttl, attributes } = hash;
  return {
    kind: 'cookie',
    name: toBytes(hash.name),
    ...(ttl !== undefined && { ttl }),
    ...(path !== undefined && { path: toBytes(path) }),
    ...(attributes !== undefined && {
      attributes: attributes.map(({ name = '', value = '' }) => ({
        name: toBytes(name),
        value: toBytes(value),
      })),
    }),
  };
}
