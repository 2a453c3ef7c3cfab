import {
  type GatewayServer,
  isWithinPod,
  type ServerHost,
  serverNamesOf,
  takesPlainText,
  takesRequests,
} from '../model/gateway.js';

/** An address and a port of a gateway's process, and the servers that share it. */
export interface GatewayListener {
  bindPort: number;
  /** Empty: every address. */
  bind: string;
  /** Requests in plain text: all of these servers together. */
  http: readonly GatewayServer[];
  /** Requests in TLS that ends here: each server by itself. */
  https: readonly GatewayServer[];
  /** Connections: in plain text one server, in TLS several. */
  connections: readonly GatewayServer[];
}

/** What becomes of the servers of a gateway. */
export interface SortedServers {
  /** What clients from outside reach: one listener for each port. */
  reached: readonly GatewayListener[];
  /** Behind addresses that nobody outside dials, or other addresses than {@link reached} of the port. */
  elsewhere: readonly GatewayListener[];
  /** What Envoy refuses, with two servers that exclude each other there. */
  refused: readonly Overlap[];
  /** What Istio makes nothing of. */
  lost: readonly LostServer[];
}

export interface LostServer {
  server: GatewayServer;
  /** The one that it comes behind. */
  first: GatewayServer;
  /** The host of both, where it is for that; undefined: the other takes plain text. */
  host?: string;
}

/** Two servers that Envoy takes for one filter chain that is there twice: both end TLS for one name, or one ends it for any and the other takes plain text. */
export interface Overlap {
  bindPort: number;
  host: string;
  first: GatewayServer;
  second: GatewayServer;
}

/**
 * Which servers are in force, and where. Of several addresses of one port the one that is written is taken for the one that clients dial
 * (recorded: `gateway-bind-*`).
 */
export function sortServers(servers: readonly GatewayServer[]): SortedServers {
  const ports = new Map<number, SharedPort>();
  for (const server of servers) {
    const port = ports.get(server.bindPort) ?? new SharedPort();
    ports.set(server.bindPort, port);
    port.add(server);
  }
  const reached: GatewayListener[] = [];
  const elsewhere: GatewayListener[] = [];
  const refused: Overlap[] = [];
  for (const [bindPort, port] of ports) {
    const [first, ...others] = port.listeners(bindPort).sort((a, b) => rankOf(a) - rankOf(b));
    elsewhere.push(...others);
    if (first === undefined) continue;
    const overlap = overlapIn(first);
    if (overlap !== undefined) refused.push(overlap);
    else (rankOf(first) === ofItself ? elsewhere : reached).push(first);
  }
  return { reached, elsewhere, refused, lost: [...ports.values()].flatMap(({ lost }) => lost) };
}

/**
 * The servers of one port: later ones join if they fit to those before them (Istio, gateway.go mergeGateways; recorded:
 * `gateway-https-then-*`, `gateway-http-then-https`, `gateway-bind-*`).
 */
class SharedPort {
  readonly lost: LostServer[] = [];
  readonly #inForce: GatewayServer[] = [];
  /** The hosts of servers with settings for TLS, and the last one that has them. */
  readonly #tlsHosts = new Map<string, GatewayServer>();
  /** The last one to open a listener for plain text. */
  #plain: GatewayServer | undefined;

  add(server: GatewayServer): void {
    const lost = this.#repeatedHost(server) ?? this.#conflict(server);
    if (lost !== undefined) {
      this.lost.push({ server, ...lost });
      return;
    }
    this.#inForce.push(server);
    if (takesPlainText(server) && this.#plain?.bind !== server.bind) this.#plain = server;
  }

  /** Plain text is told apart from TLS, but only where TLS came first. */
  #conflict(server: GatewayServer): Omit<LostServer, 'server'> | undefined {
    const first = this.#plain;
    if (first === undefined || first.bind !== server.bind) return undefined;
    return first.serves === 'http' && server.serves === 'http' ? undefined : { first };
  }

  #repeatedHost(server: GatewayServer): Omit<LostServer, 'server'> | undefined {
    if (!hasTlsSettings(server)) return undefined;
    for (const host of server.hosts) {
      const first = this.#tlsHosts.get(hostKey(host));
      if (first?.bind === server.bind) return { first, host: host.host };
    }
    for (const host of server.hosts) this.#tlsHosts.set(hostKey(host), server);
    return undefined;
  }

  listeners(bindPort: number): GatewayListener[] {
    return [...Map.groupBy(this.#inForce, ({ bind }) => bind)].map(([bind, some]) => ({
      bindPort,
      bind,
      http: some.filter(({ serves }) => serves === 'http'),
      https: some.filter(({ serves }) => serves === 'https'),
      connections: some.filter((server) => !takesRequests(server)),
    }));
  }
}

function hostKey({ host, spelling = host, namespace = '' }: ServerHost): string {
  return `${namespace}/${spelling}`;
}

/** A server with `tls.httpsRedirect` has some, so that its hosts are compared as those of HTTPS are. */
function hasTlsSettings(server: GatewayServer): boolean {
  return !takesPlainText(server) || server.redirectsToHttps;
}

/** What a listener on an address that only the pod itself dials comes behind. */
const ofItself = 2;

/** An address of the pod's own comes before those of all listeners without one. */
function rankOf({ bind }: GatewayListener): number {
  if (isWithinPod(bind)) return ofItself;
  return bind === '' || bind === '0.0.0.0' || bind === '::' ? 1 : 0;
}

/**
 * Hosts of different namespaces, or of different spelling, are one name to a client's TLS (recorded: `gateway-https-*`); for any name nothing
 * is looked at, not even whether it is TLS (recorded: `gateway-https-any-then-http`).
 */
function overlapIn({ bindPort, http, https, connections }: GatewayListener): Overlap | undefined {
  const anyName = https.find(({ hosts }) => hosts.some(({ host }) => host === '*'));
  const plain = http[0] ?? connections.find(takesPlainText);
  if (anyName !== undefined && plain !== undefined)
    return { bindPort, host: '*', first: anyName, second: plain };
  const known = new Map<string, GatewayServer>();
  for (const second of https)
    for (const host of serverNamesOf(second)) {
      const first = known.get(host);
      if (first !== undefined && first !== second) return { bindPort, host, first, second };
      known.set(host, second);
    }
  return undefined;
}
