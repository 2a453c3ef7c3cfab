import { type LostServer, type Overlap, sortServers } from '../compile/gateway-listeners.js';
import { type GatewayServer, isWithinPod, takesPlainText } from '../model/gateway.js';
import { placedName } from '../place.js';
import type { MeshView } from './mesh-view.js';

/** Servers of a gateway that do nothing, or not where clients are (istioctl's IST0145; recorded: `gateway-http-and-tcp-one-port`, `gateway-bind-*`). */
export function warnOfLostServers(view: MeshView): void {
  const { lost, refused, elsewhere } = sortServers(view.table.mesh.gateway?.servers ?? []);
  for (const one of lost)
    view.report(one.server.document).warning('server-lost', one.server.path, lossOf(one));
  for (const one of refused)
    view.report(one.second.document).warning('server-hosts-overlap', one.second.path, overlapOf(one));
  for (const { bind, http, https, connections } of elsewhere)
    for (const server of [...http, ...https, ...connections])
      view
        .report(server.document)
        .warning('server-bind-elsewhere', `${server.path}.bind`, placeOf(bind, server));
}

function lossOf({ server, first, host }: LostServer): string {
  const earlier = nameOf(first, server);
  if (host !== undefined)
    return `Istio leaves this server out, with all of its hosts: ${earlier} comes first, and has ${host} on port ${first.port} as well. Of servers with tls, only the first one gets each host. Take the host out of one of them, or write another port.`;
  const takes = first.serves === 'http' ? 'HTTP' : 'TCP';
  return `Istio leaves this server out: ${earlier} comes first on port ${first.port} and takes ${takes} in plain text; behind it the port takes ${takes === 'HTTP' ? 'other servers of HTTP alone' : 'nothing else'}. Write another port${takesPlainText(server) ? '' : ', or the server with tls first'}.`;
}

function overlapOf({ host, first, second }: Overlap): string {
  if (second.serves !== 'https')
    return `Envoy refuses port ${second.port} with all of its servers: ${nameOf(first, second)} terminates TLS for every host ("*"), and checks nothing that would tell plain text from it. A running gateway keeps what it had; a new one refuses connections to the port. Write another port, or the names that the server of HTTPS is for.`;
  return `Envoy refuses port ${second.port} with all of its servers: ${nameOf(first, second)} terminates TLS for ${host} as well, and a client's TLS says neither a namespace nor upper case. A running gateway keeps what it had; a new one refuses connections to the port. Write one server for the host.`;
}

function placeOf(bind: string, { port }: GatewayServer): string {
  return isWithinPod(bind)
    ? `${bind} is for clients within the gateway's pod: nobody outside reaches this server, and the local mesh does not listen for it. Leave bind out, or write an address that clients reach.`
    : `another server has port ${port} on an address of its own. explain, test and the local mesh answer as that address does; this server gets what is sent to the others.`;
}

/** As seen from another server: `spec.servers[0] of this Gateway`, or the Gateway's name and place. */
function nameOf({ document, path, resource }: GatewayServer, from: GatewayServer): string {
  if (document === from.document) return `${path} of this Gateway`;
  return placedName(resource);
}
