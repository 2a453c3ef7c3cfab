import { isIP } from 'node:net';
import type { Cluster } from '../cluster.js';
import { clusterName } from '../compile/clusters.js';
import { contentsOf, type RouteTable } from '../compile/table.js';
import { clusterDomain } from '../lower/short-name.js';

/** Every cluster that the workload knows, in no particular order. */
export function clustersOf(table: RouteTable): Iterable<Cluster> {
  return contentsOf(table).clusters.values();
}

/**
 * The cluster of the service that is registered for a host and port, whatever rules it has.
 * @param host as a client dials it, short forms of Kubernetes' names included.
 * @returns undefined when no service that the workload sees is called so, or it does not have the port.
 */
export function clusterFor(table: RouteTable, host: string, port: number): Cluster | undefined {
  const { clusters, workload } = contentsOf(table);
  for (const name of registeredNames(host.toLowerCase().replace(/\.$/, ''), workload.namespace)) {
    const cluster = clusters.get(clusterName(port, '', name));
    if (cluster !== undefined) return cluster;
  }
  return undefined;
}

/** What a service may be registered as: the name itself, Kubernetes' full form of it, then wildcards, longest first. */
function registeredNames(host: string, namespace: string): string[] {
  if (isIP(host) !== 0) return [host];
  const labels = host.split('.');
  const names = [host];
  if (labels.length === 1) names.push(`${host}.${namespace}.svc.${clusterDomain}`);
  if (labels.length === 2) names.push(`${host}.svc.${clusterDomain}`);
  if (labels.length === 3 && labels[2] === 'svc') names.push(`${host}.${clusterDomain}`);
  for (let i = 1; i < labels.length; i++) names.push(`*.${labels.slice(i).join('.')}`);
  return names;
}
