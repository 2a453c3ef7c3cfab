import type { Cluster, LoadBalancing } from '../cluster.js';
import type { Subset, TrafficPolicy } from '../resources/destination-rule.js';
import { type DestinationRules, policyFor } from './destination-rule.js';
import { isSubset } from './labels.js';
import type { RegistryPort, RegistryService } from './registry.js';

/** Envoy's default in Istio's clusters: 10 s. */
const defaultConnectTimeoutMs = 10_000;

export function clusterName(port: number, subset: string, host: string): string {
  return `outbound|${port}|${subset}|${host}`;
}

/** A cluster for each port of each service, and one more for each subset; aliases and UDP ports have none. */
export function buildClusters(
  services: Iterable<RegistryService>,
  rules: DestinationRules,
): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>();
  for (const service of services) {
    if (service.externalName !== undefined) continue;
    const rule = rules.of(service);
    for (const port of service.ports) {
      if (port.protocol === 'udp') continue;
      for (const subset of [undefined, ...(rule?.subsets ?? [])]) {
        const cluster = buildCluster(service, port, subset, policyFor(rule, subset, port.number));
        if (cluster !== undefined) clusters.set(cluster.name, cluster);
      }
    }
  }
  return clusters;
}

/** Undefined where Istio makes no cluster: a DNS service with no endpoint. */
function buildCluster(
  service: RegistryService,
  port: RegistryPort,
  subset: Subset | undefined,
  policy: TrafficPolicy | undefined,
): Cluster | undefined {
  const endpoints = endpointsOf(service, port, subset);
  if (service.discovery === 'dns' && endpoints.length === 0) return undefined;
  const subsetName = subset?.name ?? '';
  const { name, namespace } = service.metadata;
  return {
    name: clusterName(port.number, subsetName, service.host),
    service: { host: service.host, name: service.kind === 'Service' ? name : service.host, namespace },
    port: port.number,
    subset: subsetName,
    discovery: service.discovery,
    ...(service.discovery === 'original-destination' &&
      port.targetPort !== undefined && { targetPort: port.targetPort }),
    endpoints,
    loadBalancing: loadBalancing(policy),
    connectTimeoutMs: policy?.connectTimeout ?? defaultConnectTimeoutMs,
    http2: port.protocol === 'http2' || policy?.http2 === true,
    ...tlsOf(policy),
  };
}

function endpointsOf({ instances }: RegistryService, port: RegistryPort, subset: Subset | undefined) {
  return instances.flatMap(({ address, ports, weight, healthy, labels }) => {
    const number = ports.get(port.name);
    if (number === undefined || !isSubset(subset?.labels ?? {}, labels)) return [];
    return [{ address, port: number, weight, healthy, labels }];
  });
}

function loadBalancing(policy: TrafficPolicy | undefined): LoadBalancing {
  const { consistentHash, simple } = policy?.loadBalancer ?? {};
  if (consistentHash !== undefined) return consistentHash;
  if (simple === 'RANDOM' || simple === 'ROUND_ROBIN' || simple === 'PASSTHROUGH') return simple;
  return 'LEAST_REQUEST';
}

/** `ISTIO_MUTUAL` needs the mesh's certificates and a sidecar on the other side: on a laptop it is plain text. */
function tlsOf(policy: TrafficPolicy | undefined): Pick<Cluster, 'tls'> {
  const tls = policy?.tls;
  if (tls === undefined || tls.mode === 'DISABLE' || tls.mode === 'ISTIO_MUTUAL') return {};
  return { tls: tls.sni === undefined ? {} : { sni: tls.sni } };
}
