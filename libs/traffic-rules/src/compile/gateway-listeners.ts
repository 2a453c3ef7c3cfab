import type { GatewayServer } from '../model/gateway.js';

/** A port of a gateway's process, and the servers that share it. */
export interface GatewayListener {
  bindPort: number;
  /** Requests in plain text: all of these servers together. */
  http: readonly GatewayServer[];
  /** Requests in TLS that ends here: each server by itself. */
  https: readonly GatewayServer[];
  /** Connections: in plain text one server, in TLS several. */
  connections: readonly GatewayServer[];
}

/**
 * Which servers are in force on each port: the first decides what the port takes, and others join it only if they take
 * the same (Istio, gateway.go mergeGateways). Of servers in TLS, a later one with a host of an earlier one is left out.
 */
export function listenersOf(servers: readonly GatewayServer[]): GatewayListener[] {
  const ports = new Map<number, GatewayServer[]>();
  for (const server of servers) {
    const taken = ports.get(server.bindPort);
    if (taken === undefined) ports.set(server.bindPort, [server]);
    else if (joins(server, taken)) taken.push(server);
  }
  return [...ports].map(([bindPort, some]) => ({
    bindPort,
    http: some.filter(({ serves }) => serves === 'http'),
    https: some.filter(({ serves }) => serves === 'https'),
    connections: some.filter(({ serves }) => serves !== 'http' && serves !== 'https'),
  }));
}

function joins(server: GatewayServer, taken: readonly GatewayServer[]): boolean {
  const [first] = taken;
  if (first === undefined || first.bind !== server.bind) return false;
  if (first.serves === 'http' || first.serves === 'tcp')
    return first.serves === 'http' && server.serves === 'http' && !repeatsRedirect(server, taken);
  return server.serves !== 'http' && server.serves !== 'tcp' && !repeatsHost(server, taken);
}

/** A server with `tls.httpsRedirect` has TLS settings, so that its hosts are compared as those of HTTPS are. */
function repeatsRedirect(server: GatewayServer, taken: readonly GatewayServer[]): boolean {
  return (
    server.redirectsToHttps &&
    repeatsHost(
      server,
      taken.filter(({ redirectsToHttps }) => redirectsToHttps),
    )
  );
}

function repeatsHost({ hosts }: GatewayServer, taken: readonly GatewayServer[]): boolean {
  const known = new Set(taken.flatMap((other) => other.hosts.map(hostKey)));
  return hosts.some((host) => known.has(hostKey(host)));
}

function hostKey({ host, namespace = '' }: GatewayServer['hosts'][number]): string {
  return `${namespace}/${host}`;
}
