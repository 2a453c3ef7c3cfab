import type { Gateway } from '../resources/gateway.js';
import type {
  GrpcRoute,
  HttpRoute,
  KubernetesGateway,
  TcpRoute,
  TlsRoute,
} from '../resources/gateway-api.js';
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
export function requestRoutes(resources: readonly Resource[]): Array<HttpRoute | GrpcRoute> {
  return [...ofKind(resources, 'HTTPRoute'), ...ofKind(resources, 'GRPCRoute')];
}

/** Those that connections take, whatever bytes they carry. */
export function connectionRoutes(resources: readonly Resource[]): Array<TlsRoute | TcpRoute> {
  return [...ofKind(resources, 'TLSRoute'), ...ofKind(resources, 'TCPRoute')];
}
