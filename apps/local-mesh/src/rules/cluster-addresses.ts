import type { Endpoint, Resource } from '@grayscale/traffic-rules';
import { isLoopback } from '../loopback.js';
import { destinationsOf } from './destinations.js';
import type { RuleSet } from './rule-set.js';

/** A Service that the rules send to, and an address of it that is one of the cluster's network. */
export interface ClusterAddress {
  host: string;
  address: string;
}

/** The Services that rules send to and whose addresses come from a cluster: this machine can reach them over a tunnel only. */
export function clusterAddresses(set: RuleSet): ClusterAddress[] {
  const found = new Map<string, ClusterAddress>();
  for (const { service, endpoints } of destinationsOf(set)) {
    const far = endpoints.find(isFar);
    if (far !== undefined && isLive(service, set.resources))
      found.set(service.host, { host: service.host, address: `${far.address}:${far.port}` });
  }
  return [...found.values()];
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
