import { quote } from '../fields/describe.js';
import type { MeshView } from './mesh-view.js';

/** DestinationRules for hosts that the workload sees no service of. */
export function warnOfUnusedDestinationRules(view: MeshView): void {
  const { services, policies } = view.table.mesh;
  const wildcards = [...services.keys()].filter((known) => known.startsWith('*'));
  for (const { document, host } of policies) {
    if (services.has(host) || (host.startsWith('*') && coversSome(host.slice(1), services.keys()))) continue;
    if (wildcards.some((known) => host.endsWith(known.slice(1)))) continue;
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
