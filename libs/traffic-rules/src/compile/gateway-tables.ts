import { asciiLowerCase } from '../ascii.js';
import { HostMap } from '../host-map.js';
import { hostsInCommon } from '../hosts-in-common.js';
import { matchAll } from '../match/match-block.js';
import type { RequestView } from '../match/request-view.js';
import { LazyMatcher } from '../match/route-index.js';
import { type GatewayServer, serverNamesOf } from '../model/gateway.js';
import type { HostRules, Rule } from '../model/rule.js';
import { addressDomain } from './domains.js';
import type { ReachedListener } from './gateway-chains.js';
import type { TableSources } from './port-tables.js';
import { hasRoutes, meetsListener, type PortContext, routesOf, takesEverything } from './routes.js';
import type { PortTable, Route, VirtualHost } from './table.js';

/** The virtual hosts of a gateway, by the ports that clients dial (Istio, gateway.go buildGatewayHTTPRouteConfig). */
export function buildGatewayTables(
  listeners: readonly ReachedListener[],
  sources: TableSources,
): Map<number, PortTable> {
  const tables = new Map<number, PortTable>();
  for (const listener of listeners) {
    const { ports, http, https } = listener;
    const plain = http.length > 0 ? plainTable(http, sources) : undefined;
    const table = https.length > 0 ? withTls(listener, sources, plain) : plain;
    if (table) for (const port of ports) tables.set(port, table);
  }
  return tables;
}

/**
 * Each server is by itself where it ends TLS: the name that a client asks for leads to one of them, or to a connection that nobody looks into
 * (recorded: `gwapi-tlsroute-beside-https`).
 */
function withTls(
  { https, chains }: ReachedListener,
  sources: TableSources,
  plain: PortTable | undefined,
): PortTable {
  const byServerName = new HostMap<PortTable>();
  const noRequests: PortTable = { port: https[0]?.port ?? 0, shared: false, hosts: new HostMap() };
  for (const name of chains.flatMap(({ match }) => match.serverNames)) byServerName.add(name, noRequests);
  for (const server of https) {
    const table = plainTable([server], sources);
    for (const name of serverNamesOf(server)) byServerName.add(name, table);
  }
  return { ...(plain ?? noRequests), byServerName };
}

function plainTable(servers: readonly GatewayServer[], sources: TableSources): PortTable {
  const builder = new ServerTableBuilder(sources);
  for (const server of servers) builder.addServer(server);
  return { port: servers[0]?.port ?? 0, shared: true, hosts: builder.build() };
}

/** The rules of one resource for a host, as they come through one server. */
interface Part {
  owner: HostRules;
  context: PortContext;
}

interface Host {
  parts: Part[];
  server: GatewayServer;
  /** The server that answers all of its requests with a redirect. */
  redirectedBy?: GatewayServer;
}

/** Puts together what all rules and servers say of each host. */
class ServerTableBuilder {
  readonly #sources: TableSources;
  readonly #hosts = new Map<string, Host>();
  readonly #contexts = new Map<HostRules, Map<string, PortContext>>();

  constructor(sources: TableSources) {
    this.#sources = sources;
  }

  addServer(server: GatewayServer): void {
    for (const owner of this.#sources.mesh.rules) {
      if (!owner.gateways.includes(server.gateway)) continue;
      const context = this.#contextFor(owner, server);
      if (context === undefined) continue;
      for (const name of hostsInCommon(hostsFor(owner, server), owner.hosts)) {
        const host = this.#hostOf(name, server);
        host.parts.push({ owner, context });
        if (server.redirectsToHttps) host.redirectedBy ??= server;
      }
    }
    // A host with a namespace is redirected where there are rules for it: alone, Istio writes the namespace into the domain.
    if (server.redirectsToHttps)
      for (const { host, namespace } of server.hosts)
        if (namespace === undefined) this.#hostOf(host, server).redirectedBy ??= server;
  }

  build(): HostMap<VirtualHost> {
    const hosts = new HostMap<VirtualHost>();
    for (const [name, host] of this.#hosts) hosts.add(addressDomain(name), virtualHostOf(name, host));
    return hosts;
  }

  /**
   * As what the rules of a resource see requests of a Gateway: of several servers that share the process's port, with the first one's
   * port that has routes for them. Undefined: without any.
   */
  #contextFor(owner: HostRules, { port, gateway, serves }: GatewayServer): PortContext | undefined {
    const byGateway = this.#contexts.get(owner) ?? new Map<string, PortContext>();
    this.#contexts.set(owner, byGateway);
    const known = byGateway.get(gateway);
    if (known !== undefined) return known;
    const { clusters, mesh, workload } = this.#sources;
    const { services, defaultRetry } = mesh;
    const endsTls = serves === 'https';
    const context = { port, gateway, clusters, services, workload, defaultRetry, endsTls };
    if (!hasRoutes(owner, context)) return undefined;
    byGateway.set(gateway, context);
    return context;
  }

  #hostOf(written: string, server: GatewayServer): Host {
    const name = asciiLowerCase(written);
    let host = this.#hosts.get(name);
    if (host === undefined) {
      host = { parts: [], server };
      this.#hosts.set(name, host);
    }
    return host;
  }
}

/** The hosts of the server that rules of the resource's namespace may use. */
function hostsFor({ document }: HostRules, { hosts }: GatewayServer): string[] {
  const own = document.metadata.namespace;
  return hosts.filter(({ namespace = own }) => namespace === own).map(({ host }) => host);
}

function virtualHostOf(name: string, { parts, server, redirectedBy }: Host): VirtualHost {
  const common = { name, dedicated: false, gateway: server.gateway, port: server.port };
  if (redirectedBy !== undefined)
    return { ...common, routes: new LazyMatcher(() => [redirectRoute(redirectedBy)]) };
  const routes = () => catchAllsLast(parts.flatMap(({ owner, context }) => routesOf(owner, context)));
  const owner = putTogether(name, parts);
  return {
    ...common,
    routes: new LazyMatcher(routes),
    ...(owner !== undefined && { owner, sources: [...new Set(parts.map((part) => part.owner))] }),
  };
}

/** Rules that take everything stand behind all others, the first of them before the rest (Istio, route.go SortVHostRoutes). */
function catchAllsLast(routes: readonly Route[]): Route[] {
  const isLast = ({ rule }: Route) => rule !== undefined && takesEverything(rule);
  return [...routes.filter((route) => !isLast(route)), ...routes.filter(isLast)];
}

/** The rules of several resources for one host, in the order in which they are tried. */
function putTogether(name: string, parts: readonly Part[]): HostRules | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const rules = parts.flatMap(({ owner, context }) => upToCatchAll(owner, context));
  return {
    ...first.owner,
    hosts: [name],
    rules: [...rules.filter((rule) => !takesEverything(rule)), ...rules.filter(takesEverything)],
  };
}

/** Within one resource nothing behind its first rule for everything exists. */
function upToCatchAll({ rules }: HostRules, context: PortContext): Rule[] {
  const end = rules.findIndex((rule) => takesEverything(rule) && meetsListener(rule, context));
  return end < 0 ? [...rules] : rules.slice(0, end + 1);
}

/** Envoy keeps the Host as it is here, port and all (router.cc, createSslRedirectPath). */
function redirectRoute({ resource }: GatewayServer): Route {
  const location = ({ request, target }: RequestView) => `https://${request.authority}${target}`;
  return {
    block: matchAll,
    because: { reason: 'https-redirect', resource },
    action: { kind: 'redirect', status: 301, location, responseHeaders: [] },
  };
}
