import { isIP } from 'node:net';
import type { Cluster, RouteTable, Workload } from '@grayscale/traffic-rules';

/** The cluster of a service's port by the name that a client dialled; undefined: no service known to the workload has it. */
export function registeredCluster(
  { workload, clusters }: Pick<RouteTable, 'workload' | 'clusters'>,
  host: string,
  port: number,
): Cluster | undefined {
  for (const name of namesOf(host.toLowerCase().replace(/\.$/, ''), workload)) {
    const cluster = clusters.get(`outbound|${port}||${name}`);
    if (cluster !== undefined) return cluster;
  }
  return undefined;
}

/** What a service may be registered as: the name itself, Kubernetes' full form of it, then wildcards, longest first. */
function namesOf(host: string, { namespace }: Workload): string[] {
  if (isIP(host) !== 0) return [host];
  const labels = host.split('.');
  const names = [host];
  if (labels.length === 1) names.push(`${host}.${namespace}.svc.cluster.local`);
  if (labels.length === 2) names.push(`${host}.svc.cluster.local`);
  if (labels.length === 3 && labels[2] === 'svc') names.push(`${host}.cluster.local`);
  for (let i = 1; i < labels.length; i++) names.push(`*.${labels.slice(i).join('.')}`);
  return names;
}
