import type { ResourceKind } from './resources.js';

const istio = { group: 'networking.istio.io', version: 'v1' } as const;
const gatewayApi = { group: 'gateway.networking.k8s.io', version: 'v1' } as const;

/** The kinds that grayscale reads or writes. */
export const kinds = {
  namespace: { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' },
  service: { group: '', version: 'v1', plural: 'services', kind: 'Service' },
  pod: { group: '', version: 'v1', plural: 'pods', kind: 'Pod' },
  configMap: { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  endpointSlice: {
    group: 'discovery.k8s.io',
    version: 'v1',
    plural: 'endpointslices',
    kind: 'EndpointSlice',
  },
  event: { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event' },
  lease: { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' },
  virtualService: { ...istio, plural: 'virtualservices', kind: 'VirtualService' },
  httpRoute: { ...gatewayApi, plural: 'httproutes', kind: 'HTTPRoute' },
  grpcRoute: { ...gatewayApi, plural: 'grpcroutes', kind: 'GRPCRoute' },
  destinationRule: { ...istio, plural: 'destinationrules', kind: 'DestinationRule' },
  serviceEntry: { ...istio, plural: 'serviceentries', kind: 'ServiceEntry' },
  sidecar: { ...istio, plural: 'sidecars', kind: 'Sidecar' },
} as const satisfies Record<string, ResourceKind>;
