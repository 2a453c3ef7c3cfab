import type { Cluster } from '../cluster.js';
import type { Mesh } from '../model/mesh.js';
import {
  type ClusterPolicy,
  isSubset,
  type RegistryPort,
  type RegistryService,
  type Subset,
} from '../model/service.js';
import { tlsOrigination } from './tls-origination.js';

export function clusterName(port: number, subset: string, host: string): string {
  return `outbound|${port}|${subset}|${host}`;
}

/** A cluster for each port of each service, and one more for each subset; aliases and UDP ports have none. */
export function buildClusters({ services, policyFor }: Mesh): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>();
  for (const service of services.values()) {
    if (service.externalName !== undefined) continue;
    const policy = policyFor(service);
    for (const port of service.ports) {
      if (port.protocol === 'udp') continue;
      for (const subset of [undefined, ...policy.subsets]) {
        const cluster = buildCluster(service, port, subset, policy.at(subset?.name, port.number));
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
  policy: ClusterPolicy,
): Cluster | undefined {
  const endpoints = endpointsOf(service, port, subset);
  if (service.discovery === 'dns' && endpoints.length === 0) return undefined;
  const subsetName = subset?.name ?? '';
  const { tls, ...others } = policy;
  const http2 = port.protocol === 'http2' || policy.http2;
  const { name, namespace } = service.document.metadata;
  return {
    name: clusterName(port.number, subsetName, service.host),
    service: { host: service.host, name: service.kind === 'Service' ? name : service.host, namespace },
    port: port.number,
    subset: subsetName,
    discovery: service.discovery,
    ...(service.discovery === 'original-destination' &&
      port.targetPort !== undefined && { targetPort: port.targetPort }),
    endpoints,
    ...others,
    http2,
    ...(tls !== undefined && { tls: tlsOrigination(tls, port, service, http2) }),
  };
}

function endpointsOf({ instances }: RegistryService, port: RegistryPort, subset: Subset | undefined) {
  return instances.flatMap(({ address, ports, weight, healthy, labels }) => {
    const number = ports.get(port.name);
    if (number === undefined || !isSubset(subset?.labels ?? {}, labels)) return [];
    return [{ address, port: number, weight, healthy, labels }];
  });
}
