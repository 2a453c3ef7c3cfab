import { asciiLowerCase } from '../../ascii.js';
import type { HiddenRules } from '../../model/rule.js';
import type { VirtualService } from '../../resources/virtual-service.js';
import { referenceTo } from '../reference.js';
import { hiddenBySidecar } from '../registry.js';
import type { RulesView } from '../rules-view.js';
import { qualifyHost } from '../short-name.js';
import { reachOf } from '../visibility.js';
import { exportedTo, gatewaysOf, hostsOf } from './virtual-service.js';

/** The VirtualServices that are for gateways only, not exported to the workload's namespace, or kept from it by a Sidecar. */
export function* hiddenRules(documents: readonly VirtualService[], view: RulesView): Generator<HiddenRules> {
  for (const document of documents) {
    const { spec, metadata } = document;
    if (spec.hosts.length === 0) continue;
    const reason = reasonOf(document, view);
    if (reason === undefined) continue;
    const qualify = (host: string) => asciiLowerCase(qualifyHost(host, metadata.namespace));
    yield {
      resource: referenceTo(document),
      hosts: spec.hosts.map(qualify),
      destinations: spec.http.flatMap(({ route }) =>
        route.map(({ destination }) => qualify(destination.host)),
      ),
      reason,
    };
  }
}

function reasonOf(
  document: VirtualService,
  { workload: { namespace, proxy }, gateways, scope, options }: RulesView,
): string | undefined {
  const { spec, metadata } = document;
  const own = gatewaysOf(document);
  if (!own.some((gateway) => gateways.has(gateway)))
    return proxy === 'gateway'
      ? `is for ${own.join(', ')} and not for this gateway: add its name to its gateways`
      : `is bound to the gateway ${spec.gateways.join(', ')} only: add mesh to its gateways for requests from inside of the mesh`;
  if (reachOf(exportedTo(spec.exportTo, options), metadata.namespace, namespace) === undefined)
    return `is not exported to ${namespace}: add it to its exportTo`;
  if (scope.document !== undefined && !scope.takesRules(metadata.namespace, hostsOf(document)))
    return hiddenBySidecar(scope.document, metadata.namespace);
  return undefined;
}
