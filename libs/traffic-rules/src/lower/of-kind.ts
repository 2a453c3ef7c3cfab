import type { Gateway } from '../resources/gateway.js';
import type { GrpcRoute, HttpRoute, KubernetesGateway } from '../resources/gateway-api.js';
import type { Resource } from '../resources/resource.js';

export function ofKind<K extends Resource['kind']>(
  resources: readonly Resource[],
  kind: K,
): Array<Extract<Resource, { kind: K }>> {
  return resources.filter((resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind);
}

/** Two APIs have a kind of this name. */
export function istioGateways(resources: readonly Resource[]): Gateway[] {
  return ofKind(resources, 'Gateway').filter((gateway) => gateway.group === 'networking.istio.io');
}

export function kubernetesGateways(resources: readonly Resource[]): KubernetesGateway[] {
  return ofKind(resources, 'Gateway').filter((gateway) => gateway.group === 'gateway.networking.k8s.io');
}

/** The routes of the Gateway API that requests take, a kind after the other. */
export function routesOf(resources: readonly Resource[]): Array<HttpRoute | GrpcRoute> {
  return [...ofKind(resources, 'HTTPRoute'), ...ofKind(resources, 'GRPCRoute')];
}
