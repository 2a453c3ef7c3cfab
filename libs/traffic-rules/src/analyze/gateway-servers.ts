import { listenersOf } from '../compile/gateway-listeners.js';
import { placedName } from '../place.js';
import type { MeshView } from './mesh-view.js';

/** Servers of a gateway that are left out because of an earlier one on their port (istioctl's IST0145; recorded: `gateway-http-and-tcp-one-port`). */
export function warnOfLostServers(view: MeshView): void {
  const servers = view.table.mesh.gateway?.servers ?? [];
  const inForce = listenersOf(servers).flatMap(({ http, https, connections }) => [
    ...http,
    ...https,
    ...connections,
  ]);
  const served = new Set(inForce);
  const byPort = Map.groupBy(inForce, ({ bindPort }) => bindPort);
  for (const server of servers) {
    const [first] = byPort.get(server.bindPort) ?? [];
    if (first === undefined || served.has(server)) continue;
    const { namespace, name, location } = first.resource;
    const earlier =
      first.document === server.document
        ? `${first.path} of this Gateway`
        : placedName(`Gateway ${namespace}/${name}`, location);
    view
      .report(server.document)
      .warning(
        'server-lost',
        server.path,
        `Istio leaves this server out: ${earlier} comes first on port ${server.port}, and a port takes servers of one protocol, with one bind address and, in TLS, with hosts of their own. Write another port, or one server for both.`,
      );
  }
}
