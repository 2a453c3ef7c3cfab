import type { MeshGateway } from '../../model/mesh.js';
import type { Resource } from '../../resources/resource.js';
import type { Workload } from '../../workload.js';
import { ofKind } from '../of-kind.js';
import { GatewayService } from './gateway-service.js';
import { serversOf } from './istio-gateway.js';

/** What a gateway workload is told to listen on. */
export function gatewayOf(resources: readonly Resource[], workload: Workload): MeshGateway {
  const service = new GatewayService(ofKind(resources, 'Service'), workload);
  return {
    servers: serversOf(ofKind(resources, 'Gateway'), workload, service),
    portsTo: (bindPort) => service.portsTo(bindPort),
  };
}
