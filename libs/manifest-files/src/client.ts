import { type Client, gatewayClients, type Resource, type Workload } from '@grayscale/traffic-rules';
import { fileError, type ManifestIssue } from './file-issue.js';

/** The workload that a client is among the resources, or why there is none. */
export function workloadAmong(
  resources: readonly Resource[],
  client: Client,
  file: string,
): Workload | ManifestIssue {
  if (!('gateway' in client)) return client;
  const gateways = gatewayClients(resources);
  const found = gateways.filter(({ name }) => name === client.gateway || name.endsWith(`/${client.gateway}`));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.workload;
  return fileError('gateway-unknown', { file }, problem(client.gateway, found.length > 0 ? found : gateways));
}

function problem(wanted: string, candidates: ReadonlyArray<{ name: string }>): string {
  const names = candidates.map(({ name }) => name).join(', ');
  if (candidates.length === 0) return `there is no Gateway ${wanted}: these files have no Gateway at all.`;
  return candidates.some(({ name }) => name.endsWith(`/${wanted}`))
    ? `several Gateways are called ${wanted}; name one in full: ${names}.`
    : `there is no Gateway ${wanted}; the Gateways here are ${names}.`;
}

export function isWorkload(found: Workload | ManifestIssue): found is Workload {
  return 'labels' in found;
}
