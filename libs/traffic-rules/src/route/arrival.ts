import { asciiLowerCase } from '../ascii.js';
import type { ConnectionTarget } from '../compile/connection-chains.js';
import { dialledAddress } from '../compile/dialled-address.js';
import type { PortTable, TableContents, VirtualHost } from '../compile/table.js';
import type { Dialled } from '../compile/tcp-listeners.js';
import type { RouteRequest } from '../request.js';

/** What of a request says which rules it meets: where it was dialled, and for whom. */
export type Arrival = Pick<RouteRequest, 'authority' | 'port' | 'address' | 'tls'>;

/**
 * What takes HTTP that arrives, before anybody looks at the rest of a request: the routes of a port; a service of TCP, to which the bytes go
 * as they are; or nothing.
 * @param virtualHost as {@link virtualHostOf} finds it
 */
export function takerOf(
  contents: TableContents,
  arrival: Arrival,
  virtualHost: VirtualHost | undefined,
): ConnectionTarget | 'routes' | 'nothing' {
  const { tcp } = contents;
  const dialled = tcp.has(arrival.port) ? dialledFor(contents, arrival) : undefined;
  if (dialled !== undefined) {
    const own = tcp.atOwnAddress(dialled);
    if (own !== undefined) return own.find(dialled) ?? 'nothing';
    if (isToldApartAt(contents, dialled)) return 'routes';
    const block = tcp.atBlock(dialled);
    if (block !== undefined) return block;
  }
  const isShared = listenerOf(contents, arrival)?.shared === true;
  if (virtualHost !== undefined || isShared || sniffingServiceOf(contents, arrival) !== undefined)
    return 'routes';
  return (dialled && tcp.atAnyAddress(dialled)) ?? 'nothing';
}

/** At a service's own address its ports whose protocol is detected come before what listens on every address. */
function isToldApartAt({ tcp }: TableContents, { own, port }: Dialled): boolean {
  return own !== undefined && tcp.sniffingServiceAt(own, port) !== undefined;
}

/** A request of plain HTTP asks for no server name; a gateway passes TLS on by the name that it asks for. */
function dialledFor(contents: TableContents, { authority, port, address, tls }: Arrival): Dialled {
  const own = dialledAddress(contents, lookupName(authority), address);
  const isHttp = contents.mesh.gateway === undefined || tls === undefined;
  return { port, address, own, sni: isHttp ? undefined : tls?.serverName?.toLowerCase(), isHttp };
}

/**
 * The virtual host that a request for the authority meets on a port, where a listener lets it in. A sniffed port of a service with an
 * address has a listener of its own there, which takes every Host.
 */
export function virtualHostOf(contents: TableContents, arrival: Arrival): VirtualHost | undefined {
  const listener = listenerOf(contents, arrival);
  if (listener === undefined) return undefined;
  const { authority, address } = arrival;
  const sniffing = sniffingServiceOf(contents, arrival);
  if (sniffing !== undefined) return listener.hosts.find(sniffing);
  const virtualHost = listener.hosts.find(lookupName(authority));
  const isReached = listener.shared || (virtualHost?.dedicated === true && address === undefined);
  return isReached ? virtualHost : undefined;
}

/** The service whose sniffed port has a listener at the address dialled. */
export function sniffingServiceOf({ tcp }: TableContents, { address, port }: Arrival): string | undefined {
  return address === undefined ? undefined : tcp.sniffingServiceAt(address, port);
}

/** What listens on the port; at a gateway for TLS or for plain text, as the client speaks. */
function listenerOf({ ports, mesh }: TableContents, { port, tls }: Arrival): PortTable | undefined {
  const listener = ports.get(port);
  if (mesh.gateway === undefined) return listener;
  if (tls === undefined) return listener?.shared === true ? listener : undefined;
  const names = listener?.byServerName;
  return tls.serverName === undefined
    ? names?.findCovering('*')
    : names?.find(asciiLowerCase(tls.serverName));
}

/** The Host as the virtual hosts know it: any port cut off, in lower case. */
export function lookupName(authority: string): string {
  const colon = authority.lastIndexOf(':');
  const name = colon < 0 || authority.lastIndexOf(']') > colon ? authority : authority.slice(0, colon);
  return asciiLowerCase(name);
}
