import { isIP } from 'node:net';
import type { Cluster } from '../cluster.js';
import { clusterName } from '../compile/clusters.js';
import { registeredNames } from '../compile/dialled-address.js';
import { contentsOf, type RouteTable } from '../compile/table.js';

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
  const { clusters, workload, mesh } = contentsOf(table);
  const name = host.toLowerCase().replace(/\.$/, '');
  for (const known of [...registeredNames(name, workload.namespace), ...wildcardsOver(name)]) {
    const cluster = clusters.get(clusterName(port, '', known));
    if (cluster !== undefined && isReachableAt(mesh.services.get(known), port)) return cluster;
  }
  return undefined;
}

function isReachableAt(service: { ports: readonly Port[] } | undefined, number: number): boolean {
  return service?.ports.some((port) => port.number === number && port.destinationOnly !== true) === true;
}

interface Port {
  number: number;
  destinationOnly?: true;
}

/** The longest first. */
function wildcardsOver(host: string): string[] {
  if (isIP(host) !== 0) return [];
  const labels = host.split('.');
  return labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
}
