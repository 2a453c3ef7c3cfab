import type { RouteRequest } from '../request.js';
import { trimBlanks } from './request-view.js';

/** What a gateway knows of a client by itself. */
export interface EdgeConnection {
  remoteAddress?: string | undefined;
  scheme: 'http' | 'https';
}

/** A request as a gateway has it when it looks for a route. */
export function atEdge(request: RouteRequest): RouteRequest {
  const { remoteAddress } = request;
  const scheme = request.tls === undefined ? 'http' : 'https';
  return { ...request, scheme, headers: edgeHeaders(request.headers, { remoteAddress, scheme }) };
}

/**
 * Headers, names and values in turn, as a gateway has them. It trusts nothing that a client says of itself: the request id
 * is to be made anew, the scheme is the connection's, and all of Envoy's own headers go (Envoy, conn_manager_utility.cc
 * mutateRequestHeaders with use_remote_address; recorded: `gateway-xff-and-edge-headers`).
 */
export function edgeHeaders(
  received: readonly string[],
  { remoteAddress, scheme }: EdgeConnection,
): string[] {
  const headers: string[] = [];
  const forwardedFor: string[] = [];
  for (let index = 0; index + 1 < received.length; index += 2) {
    const [written, value] = [received[index] as string, received[index + 1] as string];
    const name = written.toLowerCase();
    if (name === 'x-forwarded-for') forwardedFor.push(trimBlanks(value));
    else if (!isOfTheEdge(name)) headers.push(written, value);
  }
  if (remoteAddress !== undefined) forwardedFor.push(remoteAddress);
  if (forwardedFor.length > 0) headers.push('x-forwarded-for', forwardedFor.join(','));
  headers.push('x-forwarded-proto', scheme);
  if (remoteAddress !== undefined) headers.push('x-envoy-external-address', remoteAddress);
  return headers;
}

/** Headers that a gateway writes itself, and takes from nobody. */
function isOfTheEdge(name: string): boolean {
  return (
    name.startsWith('x-envoy-') ||
    name === 'x-forwarded-proto' ||
    name === 'x-request-id' ||
    name === 'x-forwarded-client-cert'
  );
}
