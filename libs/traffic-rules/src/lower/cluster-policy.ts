import { toBytes } from '../bytes.js';
import type { HashPolicy, LoadBalancing } from '../cluster.js';
import type { ClusterPolicy, ServicePolicy } from '../model/service.js';
import type { ConsistentHash, TrafficPolicy } from '../resources/destination-rule.js';
import { originatedTls } from './client-tls.js';

/** Envoy's default in Istio's clusters: 10 s. */
const defaultConnectTimeoutMs = 10_000;

/** @param forWorkload whether the DestinationRule selects workloads */
export function clusterPolicy(policy: TrafficPolicy | undefined, forWorkload = false): ClusterPolicy {
  const tls = originatedTls(policy?.tls, { forWorkload });
  return {
    loadBalancing: loadBalancing(policy),
    connectTimeoutMs: policy?.connectTimeout ?? defaultConnectTimeoutMs,
    http2: policy?.http2 === true,
    ...(tls !== undefined && { tls }),
  };
}

/** Of a service that no DestinationRule is in force for. */
export const noPolicy: ServicePolicy = { subsets: [], at: () => defaultPolicy };

const defaultPolicy = clusterPolicy(undefined);

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
