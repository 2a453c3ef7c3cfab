import { toBytes } from '../bytes.js';
import type { HashPolicy, LoadBalancing } from '../cluster.js';
import type { ClusterPolicy } from '../model/service.js';
import type { ConsistentHash, TrafficPolicy } from '../resources/destination-rule.js';
import { originatedTls } from './client-tls.js';
import { connectionLimits, outlierDetection } from './connection-limits.js';

interface PolicyContext {
  /** Whether the DestinationRule selects workloads. */
  forWorkload: boolean;
  /** Where the policy says nothing. */
  connectTimeoutMs: number;
  http2: boolean;
}

export function clusterPolicy(
  policy: TrafficPolicy | undefined,
  { forWorkload, connectTimeoutMs, http2 }: PolicyContext,
): ClusterPolicy {
  const tls = originatedTls(policy?.tls, { forWorkload });
  const limits = policy?.connectionPool && connectionLimits(policy.connectionPool);
  return {
    loadBalancing: loadBalancing(policy),
    connectTimeoutMs: policy?.connectTimeout ?? connectTimeoutMs,
    http2: policy?.http2 ?? http2,
    ...(policy?.clientProtocol === true && { clientProtocol: true }),
    ...(tls !== undefined && { tls }),
    ...(limits !== undefined && { limits }),
    ...(policy?.outlierDetection !== undefined && {
      outlierDetection: outlierDetection(policy.outlierDetection),
    }),
  };
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
