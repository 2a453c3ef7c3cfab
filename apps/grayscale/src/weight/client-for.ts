import { clientOf, type WorkloadOptions } from '@grayscale/command-line';
import type { ManifestIssue } from '@grayscale/manifest-files';
import type { Client, NamedGateway, Workload } from '@grayscale/traffic-rules';
import type { Split } from './split.js';

/** Stands for every workload among what a rule is bound to. */
export const mesh = 'mesh';

/** Whose requests a split is for: the options' client, or, where it is bound to gateways alone, the first of them. */
export function clientFor(split: Split, options: WorkloadOptions, clusterNamespace?: string): Client {
  const isNamed = options.gateway !== undefined || options.namespace !== undefined;
  return (isNamed ? undefined : gatewayOf(split)) ?? clientOf(options, clusterNamespace);
}

/** The first gateway of a split that is bound to gateways alone. */
export function gatewayOf(split: Split | undefined): NamedGateway | undefined {
  const bound = boundTo(split);
  const [gateway = mesh] = bound;
  return bound.includes(mesh) ? undefined : { gateway };
}

/** What a split is bound to: `NAMESPACE/NAME` of gateways, and `mesh`. */
export function boundTo(split: Split | undefined): string[] {
  if (split === undefined) return [mesh];
  const { value, identity } = split.document;
  const { spec } = value as { spec?: { gateways?: unknown; parentRefs?: unknown } };
  const isRoute = identity.kind !== 'VirtualService';
  const names = isRoute ? parentsOf(spec?.parentRefs) : listOf(spec?.gateways);
  if (names.length === 0) return [mesh];
  return names.map((name) => (name === mesh || name.includes('/') ? name : `${identity.namespace}/${name}`));
}

/** The gateways among a route's parents; for any other parent `mesh`. */
function parentsOf(parents: unknown): string[] {
  return (Array.isArray(parents) ? parents : []).map((parent: Record<string, unknown> | null) => {
    const { kind = 'Gateway', namespace, name } = parent ?? {};
    if (kind !== 'Gateway') return mesh;
    return typeof namespace === 'string' ? `${namespace}/${name}` : String(name);
  });
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Why no request follows a rule whose client is not known, or that has errors. */
export function noFollowers(client: Client, issues: readonly ManifestIssue[]): string {
  const unknown = issues.find(({ code }) => code === 'gateway-unknown');
  if (unknown === undefined || !('gateway' in client))
    return 'These rules have errors, so nothing obeys them until they are corrected; see grayscale check.';
  return `No requests of workloads follow this rule: it is bound only to the gateway ${client.gateway}, and ${unknown.message}`;
}

/** The client in words. */
export function describeClient(client: Client, { namespace }: Workload): string {
  return 'gateway' in client ? `through gateway ${client.gateway}` : `from workloads in ${namespace}`;
}
