import { dialledAddress } from '../compile/dialled-address.js';
import { contentsOf, type RouteTable } from '../compile/table.js';
import type { Inspection } from '../compile/tcp-listeners.js';
import type { OutboundTrafficPolicy } from '../workload.js';
import { virtualHostOf } from './arrival.js';
import type { Connection } from './route-connection.js';

/** Whether some service makes the sidecar listen for HTTP on the port; without it no rule looks at a request to the port. */
export function listens(table: RouteTable, port: number): boolean {
  return contentsOf(table).ports.has(port);
}

/**
 * What a sidecar looks at of a connection before it knows where that leads. Where it is nothing, the server may be the first
 * to speak (recorded: `tcp-unknown-ports-allow-any`); else it is not heard before the client has spoken (`tcp-auto-port`).
 */
export function inspection(table: RouteTable, connection: Connection): Inspection {
  const contents = contentsOf(table);
  const { host, port, address } = connection;
  return contents.tcp.inspection(dialledAddress(contents, host, address), port);
}

/** Whether a request with this Host meets rules or a service on a port, rather than an unknown host. @param authority the Host as sent */
export function knowsHost(table: RouteTable, authority: string, port: number): boolean {
  return virtualHostOf(contentsOf(table), { authority, port }) !== undefined;
}

/** Where a request for a host that nobody knows goes, by all that has a say in it. */
export function outboundTrafficPolicyOf(table: RouteTable): OutboundTrafficPolicy {
  return contentsOf(table).mesh.outboundTrafficPolicy;
}
