import { isIP } from 'node:net';
import { clusterDomain } from '../lower/short-name.js';
import { isReachable } from '../model/service.js';
import type { TableContents } from './table.js';
import { ownAddressesOf } from './tcp-listeners.js';

/**
 * The address that a client dials, as listeners on services' own addresses know it.
 * @param host as it asks for it, short forms of Kubernetes' names included
 * @param address where that led it; undefined: to the address of the service of that name, if it has one
 */
export function dialledAddress(
  { mesh, workload }: TableContents,
  host: string,
  address: string | undefined,
): string | undefined {
  if (address !== undefined || isIP(host) !== 0) return address ?? host;
  for (const name of registeredNames(host.toLowerCase().replace(/\.$/, ''), workload.namespace)) {
    const service = mesh.services.get(name);
    if (service !== undefined) return isReachable(service) ? ownAddressesOf(service)[0] : undefined;
  }
  return undefined;
}

/** What a service may be registered as: the name itself, or Kubernetes' full form of it. */
export function registeredNames(host: string, namespace: string): string[] {
  const labels = host.split('.');
  if (labels.length === 1) return [host, `${host}.${namespace}.svc.${clusterDomain}`];
  if (labels.length === 2) return [host, `${host}.svc.${clusterDomain}`];
  return labels.length === 3 && labels[2] === 'svc' ? [host, `${host}.${clusterDomain}`] : [host];
}
