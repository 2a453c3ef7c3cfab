import type { RepeatedHeaders } from '../match/request-view.js';
import type { Resource } from '../resources/resource.js';
import type { Workload } from '../workload.js';
import { buildClusters } from './clusters.js';
import { DestinationRules } from './destination-rule.js';
import { buildPortTables } from './port-tables.js';
import { visibleServices } from './registry.js';
import { RouteTable } from './table.js';
import { prepareVirtualServices } from './virtual-service.js';

export interface CompileOptions {
  /** `each` as sidecars since Envoy 1.39 do, `joined` as older ones. Default `each`. */
  repeatedHeaders?: RepeatedHeaders;
  /** Identifies this set of resources: every decision carries it as `rules`. Default: empty. */
  hash?: string;
}

/**
 * What a sidecar beside the workload would be told by istiod, ready to be asked with `route`.
 * Never throws for resources that `validate` accepts; of others, rules that Envoy would refuse do not exist.
 */
export function compile(
  resources: readonly Resource[],
  workload: Workload,
  { repeatedHeaders = 'each', hash = '' }: CompileOptions = {},
): RouteTable {
  const documents = {
    services: ofKind(resources, 'Service'),
    slices: ofKind(resources, 'EndpointSlice'),
    entries: ofKind(resources, 'ServiceEntry'),
  };
  const services = visibleServices(documents, workload);
  const rules = new DestinationRules(ofKind(resources, 'DestinationRule'), workload);
  const clusters = buildClusters(services.values(), rules);
  const virtualServices = prepareVirtualServices(ofKind(resources, 'VirtualService'), workload);
  const workloadNamespace = workload.namespace;
  const ports = buildPortTables({ services, clusters, virtualServices, workloadNamespace });
  return new RouteTable({
    workload,
    resources,
    clusters,
    services,
    virtualServices,
    ports,
    repeatedHeaders,
    hash,
  });
}

function ofKind<K extends Resource['kind']>(
  resources: readonly Resource[],
  kind: K,
): Array<Extract<Resource, { kind: K }>> {
  return resources.filter((resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind);
}
