import type { RouteRequest } from '../request.js';
import { trimBlanks } from './request-view.js';

/**
 * A request as a gateway has it when it looks for a route. It trusts nothing that a client says of itself: the request id
 * is made anew, the scheme is the connection's, and all of Envoy's own headers go (Envoy, conn_manager_utility.cc
 * mutateRequestHeaders with use_remote_address; recorded: `gateway-xff-and-edge-headers`).
 */
export function atEdge(request: RouteRequest): RouteRequest {
  const { remoteAddress } = request;
  const scheme = request.tls === undefined ? 'http' : 'https';
  const headers: string[] = [];
  const forwardedFor: string[] = [];
  for (let index = 0; index + 1 < request.headers.length; index += 2) {
    const [written, value] = [request.headers[index] as string, request.headers[index + 1] as string];
    const name = written.toLowerCase();
    if (name === 'x-forwarded-for') forwardedFor.push(trimBlanks(value));
    else if (!isOfTheEdge(name)) headers.push(written, value);
  }
  if (remoteAddress !== undefined) forwardedFor.push(remoteAddress);
  if (forwardedFor.length > 0) headers.push('x-forwarded-for', forwardedFor.join(','));
  headers.push('x-forwarded-proto', scheme);
  if (remoteAddress !== undefined) headers.push('x-envoy-external-address', remoteAddress);
  return { ...request, scheme, headers };
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
