import { meshGateway } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { HostRules } from '../model/rule.js';
import type { Resource } from '../resources/resource.js';
import type { Steps } from '../steps.js';
import type { Workload } from '../workload.js';
import { rulesInOrder } from './candidate.js';
import { DestinationRules } from './destination-rule.js';
import { gatewayOf } from './gateway/gateway.js';
import { listenersIn } from './gateway/listeners.js';
import { meshOptions } from './mesh-options.js';
import { Namespaces } from './namespaces.js';
import { ofKind } from './of-kind.js';
import { Registry, type RegistryView } from './registry.js';
import type { Parents } from './route/attachment.js';
import { connectionRouteCandidates } from './route/connection-route.js';
import { References } from './route/references.js';
import { routeCandidates } from './route/route.js';
import { destinationsOf } from './rule-destinations.js';
import type { RulesView } from './rules-view.js';
import { qualifyHost } from './short-name.js';
import { SidecarScope, sidecarOf } from './sidecar/sidecar-scope.js';
import { hiddenRules } from './virtual-service/hidden-rules.js';
import { virtualServiceCandidates } from './virtual-service/virtual-service.js';
import { Workloads } from './workloads.js';

/** A port that no listener of a Sidecar has to itself. */
const anyOtherPort = 0;

/** What istiod would make of the resources for a workload: names qualified, what it does not see left out, delegates in their place. */
export function* lower(resources: readonly Resource[], workload: Workload): Steps<Mesh> {
  const destinationRules = ofKind(resources, 'DestinationRule');
  const virtualServices = ofKind(resources, 'VirtualService');
  const namespaces = new Namespaces(resources);
  const routesTo = { listeners: listenersIn(resources, namespaces), namespaces };
  const gateway = workload.proxy === 'gateway' ? gatewayOf(resources, workload, routesTo) : undefined;
  const gateways = new Set(gateway?.servers.map((server) => server.gateway) ?? [meshGateway]);
  const options = meshOptions(resources);
  const scope = new SidecarScope(
    sidecarOf(ofKind(resources, 'Sidecar'), workload, options.rootNamespace),
    workload,
  );
  const rulesView = { workload, gateways, scope, options };
  const rules = yield* rulesOf(resources, rulesView, routesTo);
  const registry = registryOf(resources, { workload, scope, defaultExportTo: options.exportTo.service });
  const told = registry.told(({ port = anyOtherPort }) =>
    destinationsOf(
      rules.filter(({ isOnPort }) => isOnPort?.(port) !== false),
      workload,
    ),
  );
  const policies = new DestinationRules(destinationRules, workload, options);
  return {
    services: told.byHost,
    listened: told.listened,
    policyFor: (service) => policies.policyFor(service),
    policies: destinationRules.map((document) => ({
      document,
      host: qualifyHost(document.spec.host, document.metadata.namespace),
      subsets: document.spec.subsets.map(({ name }) => name),
      whyNot: (service) => policies.whyNot(document, service),
    })),
    rules,
    hiddenRules: () => hiddenRules(virtualServices, rulesView),
    hiddenServices: () => registry.hidden(),
    outboundTrafficPolicy:
      workload.outboundTrafficPolicy ?? scope.outboundTrafficPolicy ?? options.outboundTrafficPolicy,
    pathNormalization: options.pathNormalization,
    defaultRetry: options.defaultRetry,
    ...(gateway !== undefined && { gateway }),
  };
}

function rulesOf(
  resources: readonly Resource[],
  view: RulesView,
  routesTo: Pick<Parents, 'listeners' | 'namespaces'>,
): Steps<HostRules[]> {
  const parents = { references: new References(resources), resources, ...routesTo };
  const candidates = [
    ...virtualServiceCandidates(ofKind(resources, 'VirtualService'), view),
    ...routeCandidates(parents, view),
    ...connectionRouteCandidates(parents, view),
  ];
  return rulesInOrder(candidates, view);
}

function registryOf(resources: readonly Resource[], view: RegistryView): Registry {
  const documents = {
    services: ofKind(resources, 'Service'),
    slices: ofKind(resources, 'EndpointSlice'),
    entries: ofKind(resources, 'ServiceEntry'),
    workloads: new Workloads(resources),
  };
  return new Registry(documents, view);
}
