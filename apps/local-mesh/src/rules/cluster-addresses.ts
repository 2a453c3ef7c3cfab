import {
  clustersOf,
  describeRules,
  type Endpoint,
  qualifyHost,
  type Resource,
} from '@grayscale/traffic-rules';
import { isLoopback } from '../loopback.js';
import type { RuleSet } from './rule-set.js';

/** A Service that the rules send to, and an address of it that is one of the cluster's network. */
export interface ClusterAddress {
  host: string;
  address: string;
}

/** The Services that rules send to and whose addresses come from a cluster: this machine can reach them over a tunnel only. */
export function clusterAddresses({ resources, table }: RuleSet): ClusterAddress[] {
  const hosts = new Set(resources.flatMap((resource) => hostsSentTo(resource, rulesOf(table))));
  const found = new Map<string, ClusterAddress>();
  for (const { service, endpoints } of clustersOf(table)) {
    const far = hosts.has(service.host) ? endpoints.find(isFar) : undefined;
    if (far !== undefined && isLive(service, resources))
      found.set(service.host, { host: service.host, address: `${far.address}:${far.port}` });
  }
  return [...found.values()];
}

function rulesOf(table: RuleSet['table']): ReadonlySet<string> {
  return new Set(describeRules(table).map(({ resource }) => `${resource.namespace}/${resource.name}`));
}

function hostsSentTo(resource: Resource, deciding: ReadonlySet<string>): string[] {
  const { namespace, name } = resource.metadata;
  if (resource.kind !== 'VirtualService' || !deciding.has(`${namespace}/${name}`)) return [];
  return resource.spec.http.flatMap(({ route }) =>
    route.map(({ destination }) => qualifyHost(destination.host, namespace)),
  );
}

function isFar({ address, healthy }: Endpoint): boolean {
  return healthy && !isLoopback(address);
}

/** Whether an EndpointSlice of the Service was read from the cluster, and not from a file. */
function isLive(service: { name: string; namespace: string }, resources: readonly Resource[]): boolean {
  return resources.some(
    ({ kind, metadata, source }) =>
      kind === 'EndpointSlice' &&
      source.field !== undefined &&
      metadata.namespace === service.namespace &&
      metadata.labels['kubernetes.io/service-name'] === service.name,
  );
}
