import { asciiLowerCase } from '../ascii.js';
import { HostMap } from '../host-map.js';
import { type ServerProtocol, serverNamesOf, type TlsTermination, takesPlainText } from '../model/gateway.js';
import type { ResourceReference } from '../model/place.js';
import type { HostRules } from '../model/rule.js';
import type { ReachedListener } from './gateway-chains.js';
import { contentsOf, type RouteTable } from './table.js';

/** A port of a gateway, as its clients dial it. */
export interface GatewayPort {
  port: number;
  /** What it takes in plain text: requests, or connections, whatever bytes they carry. */
  plain?: 'requests' | 'bytes';
  /** Whether it takes TLS, which is led by the name that it asks for. */
  tls: boolean;
  servers: readonly GatewayPortServer[];
}

/** What takes some of the hosts of a port. */
export interface GatewayPortServer {
  /** The resource that it stands in, and where: `spec.servers[0]`. */
  resource: ResourceReference;
  path: string;
  serves: ServerProtocol;
  /** In lower case; `*.example.com` stands for every name under it, `*` for all. */
  hosts: readonly string[];
  /** Where it takes TLS, the names that lead to it: those of rules where it passes TLS on; `*`, any or none. */
  serverNames: readonly string[];
  /** How it ends TLS; absent where it does not. */
  termination?: TlsTermination;
}

/** The ports that a gateway listens on, in the order of its servers; none for a sidecar. */
export function gatewayPorts(table: RouteTable): GatewayPort[] {
  const { gatewayListeners, mesh } = contentsOf(table);
  return gatewayListeners
    .map((listener) => withRules(listener, mesh.rules))
    .filter(({ http, https, connections }) => http.length + https.length + connections.length > 0)
    .flatMap((listener) => listener.ports.map((port) => ({ port, ...describe(listener) })));
}

/** Without rules that lead connections anywhere, a server for connections is not there (recorded: `gwapi-listener-conflict`). */
function withRules(listener: ReachedListener, rules: readonly HostRules[]): ReachedListener {
  const used = new Set(rules.flatMap((rule) => (rule.connections === undefined ? [] : rule.gateways)));
  return { ...listener, connections: listener.connections.filter(({ gateway }) => used.has(gateway)) };
}

function describe({ http, https, connections, chains }: ReachedListener): Omit<GatewayPort, 'port'> {
  const passedOn = chains.flatMap(({ rule, match }) => (rule?.layer === 'tls' ? match.serverNames : []));
  const servers = [...http, ...https, ...connections];
  const bytes = servers.some(({ serves }) => serves === 'tcp');
  const plain = http.length > 0 ? 'requests' : bytes ? 'bytes' : undefined;
  return {
    ...(plain !== undefined && { plain }),
    tls: servers.some((server) => !takesPlainText(server)),
    servers: servers.map((server) => ({
      resource: server.resource,
      path: server.path,
      serves: server.serves,
      hosts: server.hosts.map(({ host }) => host),
      serverNames: server.serves === 'tls-passthrough' ? passedOn : serverNamesOf(server),
      ...(server.termination !== undefined && { termination: server.termination }),
    })),
  };
}

/** Finds the server of a port for the name that a client's TLS asks for, as Envoy does: the most exact host first. */
export class ServersByName {
  readonly #byName = new HostMap<GatewayPortServer>();

  /** @param servers those of one port that take TLS */
  constructor(servers: readonly GatewayPortServer[]) {
    for (const server of servers) for (const name of server.serverNames) this.#byName.add(name, server);
  }

  /** @param serverName undefined: it asks for none */
  find(serverName: string | undefined): GatewayPortServer | undefined {
    return serverName === undefined
      ? this.#byName.findCovering('*')
      : this.#byName.find(asciiLowerCase(serverName));
  }
}
