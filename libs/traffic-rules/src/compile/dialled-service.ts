import { isIP } from 'node:net';
import { clusterDomain } from '../lower/short-name.js';
import { isReachable, type RegistryService } from '../model/service.js';
import type { TableContents } from './table.js';

/**
 * The service whose own address, or that of one of its pods where it is headless, a client dials.
 * @param host as it asks for it, short forms of Kubernetes' names included
 * @param address where that led it; undefined: to the address of the service of that name, if it has one
 */
export function dialledService(
  { tcp, mesh, workload }: TableContents,
  host: string,
  address: string | undefined,
): RegistryService | undefined {
  if (address !== undefined || isIP(host) !== 0) return tcp.serviceAt(address ?? host);
  for (const name of registeredNames(host.toLowerCase().replace(/\.$/, ''), workload.namespace)) {
    const service = mesh.services.get(name);
    if (service !== undefined)
      return (service.hasAddress || service.headless) && isReachable(service) ? service : undefined;
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
