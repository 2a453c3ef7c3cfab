import type { RouteRequest } from '../request.js';
import { trimBlanks } from './request-view.js';

/** What a gateway knows of a client by itself. */
export interface EdgeConnection {
  remoteAddress?: string | undefined;
  scheme: 'http' | 'https';
  /** `x-forwarded-client-cert` of a client that showed a certificate. */
  forwardedClientCert?: string | undefined;
}

/** A request as a gateway has it when it looks for a route. */
export function atEdge(request: RouteRequest): RouteRequest {
  const { remoteAddress } = request;
  const scheme = request.tls === undefined ? 'http' : 'https';
  return { ...request, scheme, headers: edgeHeaders(request.headers, { remoteAddress, scheme }) };
}

/**
 * Headers, names and values in turn, as a gateway has them. It trusts nothing that a client says of itself: the scheme is the
 * connection's, the request id is to be made anew (it is empty here), and all of Envoy's own headers go. What is written over
 * stays where it stands (Envoy, conn_manager_utility.cc mutateRequestHeaders with use_remote_address; recorded:
 * `gateway-xff-and-edge-headers`).
 */
export function edgeHeaders(received: readonly string[], connection: EdgeConnection): string[] {
  const own = ownHeaders(received, connection);
  const headers: string[] = [];
  const written = new Set<string>();
  for (let index = 0; index + 1 < received.length; index += 2) {
    const name = (received[index] as string).toLowerCase();
    const value = own.get(name);
    if (value !== undefined && !written.has(name)) headers.push(name, value);
    else if (value === undefined && !isOfTheEdge(name))
      headers.push(received[index] as string, received[index + 1] as string);
    written.add(name);
  }
  for (const [name, value] of own) if (!written.has(name)) headers.push(name, value);
  return headers;
}

/** What a gateway writes itself, in the order in which it adds what is not there. */
function ownHeaders(
  received: readonly string[],
  { remoteAddress, scheme, forwardedClientCert }: EdgeConnection,
): Map<string, string> {
  const forwardedFor = received
    .filter((_, index) => index % 2 === 1 && received[index - 1]?.toLowerCase() === 'x-forwarded-for')
    .map(trimBlanks);
  if (remoteAddress !== undefined) forwardedFor.push(remoteAddress);
  return new Map([
    ...(forwardedFor.length > 0 ? [['x-forwarded-for', forwardedFor.join(',')] as const] : []),
    ['x-forwarded-proto', scheme],
    ...(remoteAddress === undefined ? [] : [['x-envoy-external-address', remoteAddress] as const]),
    ['x-request-id', ''],
    ...(forwardedClientCert === undefined ? [] : [['x-forwarded-client-cert', forwardedClientCert] as const]),
  ]);
}

/** Headers that a gateway takes from nobody. */
function isOfTheEdge(name: string): boolean {
  return name.startsWith('x-envoy-') || name === 'x-forwarded-client-cert';
}
