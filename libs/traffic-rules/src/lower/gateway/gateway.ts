import type { GatewayServer } from '../../model/gateway.js';
import type { MeshGateway } from '../../model/mesh.js';
import type { Resource } from '../../resources/resource.js';
import type { Workload } from '../../workload.js';
import type { Namespaces } from '../namespaces.js';
import { istioGateways, ofKind } from '../of-kind.js';
import { compareByAge } from '../visibility.js';
import { GatewayService } from './gateway-service.js';
import { serversOf } from './istio-gateway.js';
import { kubernetesServersOf } from './kubernetes-gateway.js';
import type { Listeners } from './listeners.js';

/** What a gateway workload is told to listen on. */
export function gatewayOf(
  resources: readonly Resource[],
  workload: Workload,
  { listeners, namespaces }: { listeners: Listeners; namespaces: Namespaces },
): MeshGateway {
  const services = ofKind(resources, 'Service');
  const service = new GatewayService(services, workload);
  return {
    servers: [
      ...serversOf(istioGateways(resources), workload, service),
      ...kubernetesServersOf(listeners.kept, workload, { services, namespaces, service }),
    ].sort(compareGateways),
    portsTo: (bindPort) => service.portsTo(bindPort),
  };
}

/**
 * Gateways of both kinds together, the oldest first, then by name, then by namespace; a listener counts as a Gateway of its own, which
 * has the listener's name at its end (Istio, push_context.go initGateways). Servers of one Gateway stay as they are written.
 */
function compareGateways(a: GatewayServer, b: GatewayServer): number {
  const metadata = ({ gateway, document }: GatewayServer) => ({
    ...document.metadata,
    name: gateway.slice(gateway.indexOf('/') + 1),
  });
  return compareByAge(metadata(a), metadata(b));
}
