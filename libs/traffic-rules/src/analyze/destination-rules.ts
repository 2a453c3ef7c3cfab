import { quote } from '../fields/describe.js';
import type { MeshView } from './mesh-view.js';

/** DestinationRules for hosts that the workload sees no service of. */
export function warnOfUnusedDestinationRules(view: MeshView): void {
  const { services, policies, hiddenServices } = view.table.mesh;
  // A service that a Sidecar, say, hides from the workload is there for others.
  const known = new Set([...services.keys(), ...[...hiddenServices()].map(({ host }) => host)]);
  const wildcards = [...known].filter((host) => host.startsWith('*'));
  for (const { document, host } of policies) {
    if (known.has(host) || (host.startsWith('*') && coversSome(host.slice(1), known))) continue;
    if (wildcards.some((wildcard) => host.endsWith(wildcard.slice(1)))) continue;
    view
      .report(document)
      .warning(
        'destination-rule-unused',
        'spec.host',
        `no Service and no ServiceEntry has the host ${quote(host)}, so the rule and its subsets have no effect; write the full name of a service, for instance hello.hello-1.svc.cluster.local.`,
      );
  }
}

function coversSome(suffix: string, hosts: Iterable<string>): boolean {
  for (const host of hosts) if (host.endsWith(suffix)) return true;
  return false;
}
