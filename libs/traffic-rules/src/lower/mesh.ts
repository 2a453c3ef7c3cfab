import { meshGateway } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { Resource } from '../resources/resource.js';
import type { Workload } from '../workload.js';
import { DestinationRules } from './destination-rule.js';
import { gatewayOf } from './gateway/gateway.js';
import { ofKind } from './of-kind.js';
import { visibleServices } from './registry.js';
import { qualifyHost } from './short-name.js';
import { hiddenRules } from './virtual-service/hidden-rules.js';
import { lowerVirtualServices } from './virtual-service/virtual-service.js';

/** What istiod would make of the resources for a workload: names qualified, what it does not see left out, delegates in their place. */
export function lower(resources: readonly Resource[], workload: Workload): Mesh {
  const documents = {
    services: ofKind(resources, 'Service'),
    slices: ofKind(resources, 'EndpointSlice'),
    entries: ofKind(resources, 'ServiceEntry'),
  };
  const destinationRules = ofKind(resources, 'DestinationRule');
  const virtualServices = ofKind(resources, 'VirtualService');
  const gateway = workload.proxy === 'gateway' ? gatewayOf(resources, workload) : undefined;
  const through = new Set(gateway?.servers.map((server) => server.gateway) ?? [meshGateway]);
  const policies = new DestinationRules(destinationRules, workload);
  return {
    services: visibleServices(documents, workload),
    policyFor: ({ host, document }) => policies.policyFor(host, document.metadata.namespace),
    policies: destinationRules.map((document) => ({
      document,
      host: qualifyHost(document.spec.host, document.metadata.namespace),
    })),
    rules: lowerVirtualServices(virtualServices, workload, through),
    hiddenRules: () => hiddenRules(virtualServices, workload, through),
    ...(gateway !== undefined && { gateway }),
  };
}
