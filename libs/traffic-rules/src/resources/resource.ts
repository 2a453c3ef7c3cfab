import type { DestinationRule } from './destination-rule.js';
import type { Gateway } from './gateway.js';
import type {
  GrpcRoute,
  HttpRoute,
  KubernetesGateway,
  ListenerSet,
  ReferenceGrant,
  TcpRoute,
  TlsRoute,
} from './gateway-api.js';
import type { EndpointSlice, Namespace, Service } from './kubernetes.js';
import type { MeshConfig } from './mesh-config.js';
import type { Pod, PodController } from './pod.js';
import type { RequestAuthentication } from './request-authentication.js';
import type { ServiceEntry } from './service-entry.js';
import type { Sidecar } from './sidecar.js';
import type { VirtualService } from './virtual-service.js';
import type { WorkloadEntry } from './workload-entry.js';

/** Every kind that the engine reads. */
export type Resource =
  | VirtualService
  | Gateway
  | HttpRoute
  | GrpcRoute
  | TlsRoute
  | TcpRoute
  | KubernetesGateway
  | ListenerSet
  | ReferenceGrant
  | ServiceEntry
  | DestinationRule
  | Service
  | EndpointSlice
  | Namespace
  | Sidecar
  | WorkloadEntry
  | Pod
  | PodController
  | MeshConfig
  | RequestAuthentication;
