import type { Cluster, Discovery, Endpoint, UpstreamProtocol } from '../cluster.js';
import type { Mesh } from '../model/mesh.js';
import {
  type ClusterPolicy,
  isSubset,
  type RegistryPort,
  type RegistryService,
  type Subset,
} from '../model/service.js';
import { tlsOrigination } from './tls-origination.js';

/** Envoy's name of a cluster: `outbound|8080||hello.hello-1.svc.cluster.local`. */
export function clusterName(port: number, subset: string, host: string): string {
  return `outbound|${port}|${subset}|${host}`;
}

/** A cluster for each port of each service, and one more for each subset; aliases and UDP ports have none. */
export function buildClusters({ services, policyFor, gateway }: Mesh): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>();
  for (const known of services.values()) {
    if (known.externalName !== undefined) continue;
    const service = gateway === undefined ? known : asSeenByGateway(known);
    const policy = policyFor(service);
    for (const port of service.ports) {
      if (port.protocol === 'udp' || port.unserved === true) continue;
      for (const subset of [undefined, ...policy.subsets]) {
        const told = policy.at(subset?.name, port.number);
        const protocol = protocolTo(port, told, gateway !== undefined);
        const cluster = buildCluster(service, port, subset, { ...told, protocol });
        if (cluster !== undefined) clusters.set(cluster.name, cluster);
      }
    }
  }
  return clusters;
}

/** A gateway is not dialled in a service's place: it has the pods of a headless one, and of an address dialled nothing (Istio, cluster.go convertResolution). */
function asSeenByGateway(service: RegistryService): RegistryService {
  const { discovery } = service;
  return {
    ...service,
    headless: false,
    discovery: discovery === 'original-destination' ? 'static' : discovery,
  };
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
  const discovery = discoveryOf(service, endpoints.length);
  const { name, namespace } = service.document.metadata;
  return {
    name: clusterName(port.number, subsetName, service.host),
    service: { host: service.host, name: service.kind === 'Service' ? name : service.host, namespace },
    port: port.number,
    subset: subsetName,
    discovery,
    ...(service.discovery === 'original-destination' &&
      port.targetPort !== undefined && { targetPort: port.targetPort }),
    endpoints,
    ...(service.headless && endpoints.length > 0 && { headless: true as const }),
    ...others,
    ...(tls !== undefined && { tls: tlsOrigination(tls, port, service, policy.protocol) }),
  };
}

/** A sidecar that detects what its clients speak speaks the same (Istio, cluster_builder.go setUpstreamProtocol). */
function protocolTo(
  port: RegistryPort,
  { protocol, tls }: ClusterPolicy,
  isGateway: boolean,
): UpstreamProtocol {
  if (port.protocol === 'http2' || protocol === 'http2') return 'http2';
  const isDetected = port.protocol === 'auto' && !isGateway;
  // Over TLS, HTTP/2 has to be agreed on first.
  return (isDetected || protocol === 'as-client') && tls === undefined ? 'as-client' : 'http1';
}

/** The names of a headless service lead to its pods, where the files say which these are. */
function discoveryOf({ headless, discovery }: RegistryService, endpoints: number): Discovery {
  return headless && endpoints === 0 ? 'original-destination' : discovery;
}

/**
 * As others see a cluster whose endpoints only those clients dial that ask for the service itself: a sidecar forwards to the address that was
 * dialled, whatever rule led there (Envoy's ORIGINAL_DST, which istiod makes of headless services).
 */
export function seenFromElsewhere(cluster: Cluster): Cluster {
  const { headless: _, ...rest } = cluster;
  return { ...rest, discovery: 'original-destination', endpoints: [] };
}

function endpointsOf(
  { instances, headless }: RegistryService,
  port: RegistryPort,
  subset: Subset | undefined,
): Endpoint[] {
  // The port dialled counts, not the pods' own, and no subset (recorded: `scope-headless-other-port`).
  if (headless) return instances.map(({ ports: _, ...instance }) => ({ ...instance, port: port.number }));
  return instances.flatMap(({ address, ports, weight, healthy, labels }) => {
    const number = ports.get(port.name);
    if (number === undefined || !isSubset(subset?.labels ?? {}, labels)) return [];
    return [{ address, port: number, weight, healthy, labels }];
  });
}
