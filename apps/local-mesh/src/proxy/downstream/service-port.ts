import { addressText, hostText } from '../address.js';
import type { ServiceRole } from '../port-role.js';
import type { ClientConnection } from './client-connection.js';
import { awaitServerName, type OriginalDestination, sniffProtocol } from './original-destination.js';

/**
 * Serves a client that takes this port for a service of the mesh: its connection is decided as a sidecar decides one to the
 * service's own address. The client need not know the service's name (decision 42): where the Host of a request or the name
 * that TLS asks for is nobody's in the mesh, the service's stands in for it.
 */
export function serveService(connection: ClientConnection, { host, port }: ServiceRole): void {
  const { inspection } = connection.runtime.options;
  const to: OriginalDestination = {
    host,
    port,
    authorityFor: (sent) => (isOfTheMesh(connection, sent, port) ? sent : authorityOf(host, port)),
    serverNameFor: (sni) => (leadsToAService(connection, { host, port, sni }) ? sni : undefined),
  };
  switch (inspection?.(to) ?? 'protocol') {
    case 'protocol':
      sniffProtocol(connection, to);
      break;
    case 'server-name':
      awaitServerName(connection, to);
      break;
    case 'nothing':
      connection.tunnel({ host, port, first: Buffer.alloc(0), answered: true });
  }
}

/** As a client of the mesh writes it. */
function authorityOf(host: string, port: number): string {
  return port === 80 ? hostText(host) : addressText({ host, port });
}

/** A name of this machine is none of the mesh's, even where a rule is for every host. */
function isOfTheMesh({ runtime, localAddress }: ClientConnection, sent: string, port: number): boolean {
  const name = sent
    .replace(/:[0-9]*$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  if (name === 'localhost' || name === localAddress.replace(/^::ffff:/, '')) return false;
  return runtime.options.knowsHost?.(sent, port) === true;
}

function leadsToAService(
  { runtime }: ClientConnection,
  connection: { host: string; port: number; sni: string | null },
): boolean {
  return runtime.options.routeConnection(connection, 0).kind === 'connect';
}
