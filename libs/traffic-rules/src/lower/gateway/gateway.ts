import type { MeshGateway } from '../../model/mesh.js';
import type { Resource } from '../../resources/resource.js';
import type { Workload } from '../../workload.js';
import { istioGateways, ofKind } from '../of-kind.js';
import { GatewayService } from './gateway-service.js';
import { serversOf } from './istio-gateway.js';
import { kubernetesServersOf, type Listener } from './kubernetes-gateway.js';

/** What a gateway workload is told to listen on. */
export function gatewayOf(
  resources: readonly Resource[],
  workload: Workload,
  listeners: readonly Listener[],
): MeshGateway {
  const services = ofKind(resources, 'Service');
  const service = new GatewayService(services, workload);
  const namespaces = ofKind(resources, 'Namespace');
  return {
    servers: [
      ...serversOf(istioGateways(resources), workload, service),
      ...kubernetesServersOf(listeners, workload, { services, namespaces, service }),
    ],
    portsTo: (bindPort) => service.portsTo(bindPort),
  };
}
