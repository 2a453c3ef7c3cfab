import type { Cluster } from '../cluster.js';
import { HostMap, isWildcard } from '../host-map.js';
import { matchAll } from '../match/match-block.js';
import { LazyMatcher } from '../match/route-index.js';
import { meshGateway } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { HostRules } from '../model/rule.js';
import {
  asListened,
  carriesHttp,
  isListenedFor,
  isReachable,
  type RegistryPort,
  type RegistryService,
} from '../model/service.js';
import type { Steps } from '../steps.js';
import type { Workload } from '../workload.js';
import { addressDomain, domainsOf } from './domains.js';
import { HostIndex, type ResolvedHost, resolveHosts } from './host-index.js';
import { defaultAction, hasRoutes, type PortContext, routesOf } from './routes.js';
import type { PortTable, Route, VirtualHost } from './table.js';
import { ownAddressesOf } from './tcp-listeners.js';

export interface TableSources {
  mesh: Mesh;
  clusters: ReadonlyMap<string, Cluster>;
  workload: Workload;
}

/** Hosts that no service has are routed on this port alone, unless they stand beside a service's (Istio, route.go). */
const portOfUnregisteredHosts = 80;

/**
 * The virtual hosts of every port that some service serves HTTP on: no listener arises from rules.
 * Each resource's rules are looked at on the ports of its own services and on port 80, not on all ports.
 */
export function* buildPortTables(sources: TableSources): Steps<Map<number, PortTable>> {
  const builders = listeners(sources);
  const { rules } = sources.mesh;
  const services = reachable(sources.mesh.services);
  const index = new HostIndex(services, rules);
  for (const owner of rules) {
    const hosts = resolveHosts(owner, services, index);
    for (const port of portsOf(hosts))
      if (owner.isOnPort?.(port) !== false) builders.get(port)?.addRules(owner, hosts);
    yield;
  }
  const tables = new Map<number, PortTable>();
  for (const [port, builder] of builders) {
    tables.set(port, builder.build());
    yield;
  }
  return tables;
}

/** Services that clients know by their names, and not only as destinations of rules. */
function reachable(services: ReadonlyMap<string, RegistryService>): Map<string, RegistryService> {
  return new Map([...services].filter(([, service]) => isReachable(service)));
}

function portsOf(hosts: readonly ResolvedHost[]): Set<number> {
  const ports = new Set([portOfUnregisteredHosts]);
  for (const { matched } of hosts) {
    for (const service of matched) {
      for (const { number } of service.ports) ports.add(number);
    }
  }
  return ports;
}

function listeners(sources: TableSources): Map<number, PortTableBuilder> {
  const aliases = aliasesOf(sources.mesh.services);
  const builders = new Map<number, PortTableBuilder>();
  const inView: Array<[RegistryService, RegistryPort]> = [];
  for (const service of sources.mesh.listened) {
    for (const port of service.ports) {
      if (!isListenedFor(port)) continue;
      if (port.unrouted !== true) inView.push([service, port]);
      // Another name of a service makes nobody listen (Istio, listener.go buildSidecarOutboundListener).
      if (!carriesHttp(asListened(port).protocol) || service.externalName !== undefined) continue;
      const builder = builders.get(port.number) ?? new PortTableBuilder(port.number, sources, aliases);
      builders.set(port.number, builder);
      builder.addListener(service, port);
    }
  }
  for (const [service, port] of inView) builders.get(port.number)?.addService(service, port);
  return builders;
}

/** ExternalName services by the host that they point to in the end: their names join its virtual host. */
function aliasesOf(services: ReadonlyMap<string, RegistryService>): Map<string, string[]> {
  const aliases = new Map<string, string[]>();
  for (const service of services.values()) {
    if (service.externalName === undefined || !isReachable(service)) continue;
    const target = endOfChain(service, services);
    if (target !== undefined) aliases.set(target, [...(aliases.get(target) ?? []), service.host]);
  }
  return aliases;
}

/** The host that names which stand for names lead to; undefined: in a circle (recorded: `scope-external-name-chain`). */
function endOfChain(
  { externalName }: RegistryService,
  services: ReadonlyMap<string, RegistryService>,
): string | undefined {
  const seen = new Set<string>();
  let host = externalName;
  for (let next = host; next !== undefined; next = services.get(next)?.externalName) {
    if (seen.has(next)) return undefined;
    seen.add(next);
    host = next;
  }
  return host;
}

interface ServicePort {
  service: RegistryService;
  port: RegistryPort;
}

/** Virtual hosts with the same routes. */
interface Group {
  routes: () => readonly Route[];
  owner?: HostRules;
  unregistered: readonly string[];
  services: readonly RegistryService[];
}

class PortTableBuilder {
  readonly #port: number;
  readonly #sources: TableSources;
  readonly #aliases: ReadonlyMap<string, readonly string[]>;
  /** By host. */
  readonly #services = new Map<string, ServicePort>();
  readonly #groups: Group[] = [];
  readonly #claimed = new Set<string>();
  readonly #hosts = new HostMap<VirtualHost>();
  readonly #names = new Set<string>();
  /** Whether it listens on every address. */
  #isShared = false;

  constructor(port: number, sources: TableSources, aliases: ReadonlyMap<string, readonly string[]>) {
    this.#port = port;
    this.#sources = sources;
    this.#aliases = aliases;
  }

  /** A service that HTTP is listened for because of, whether or not its requests are routed here. */
  addListener(service: RegistryService, port: RegistryPort): void {
    if (!hasOwnListener(service, port)) this.#isShared = true;
  }

  /** Of several documents for one host the last one that has the port says what it is (Istio, httproute.go BuildSidecarOutboundVirtualHosts), by its first port of that number. */
  addService(service: RegistryService, port: RegistryPort): void {
    if (this.#services.get(service.host)?.service === service) return;
    this.#services.set(service.host, { service, port });
  }

  /** The services among hosts that requests to the port can reach. */
  #serving(hosts: Iterable<string>): RegistryService[] {
    return [...new Set(hosts)].flatMap((host) => {
      const known = this.#services.get(host);
      return known !== undefined && carriesHttp(known.port.protocol) ? [known.service] : [];
    });
  }

  /** With no route left on this port it is as if the rules did not exist. */
  addRules(owner: HostRules, hosts: readonly ResolvedHost[]): void {
    const services = this.#serving(hosts.flatMap(({ matched }) => matched.map(({ host }) => host)));
    const isForRegistered = owner.registeredOnly === true;
    if (services.length === 0 && (isForRegistered || this.#port !== portOfUnregisteredHosts)) return;
    const context = this.#context();
    if (!hasRoutes(owner, context)) return;
    const routes = () => routesOf(owner, context);
    const unregistered = hosts.filter(({ covered }) => !covered.some(this.#isInView)).map(({ host }) => host);
    this.#groups.push({ routes, owner, unregistered, services });
    for (const { host } of services) this.#claimed.add(host);
  }

  #context(): PortContext {
    const { clusters, mesh, workload } = this.#sources;
    const { services, defaultRetry } = mesh;
    return { port: this.#port, clusters, services, workload, defaultRetry, gateway: meshGateway };
  }

  build(): PortTable {
    for (const service of this.#serving(this.#services.keys())) {
      if (this.#claimed.has(service.host) || service.externalName !== undefined) continue;
      this.#groups.push(this.#defaultGroup(service));
    }
    const known = new Set(this.#groups.flatMap(({ services }) => services.map(({ host }) => host)));
    for (const group of this.#groups) this.#addVirtualHosts(group, known);
    return { port: this.#port, shared: this.#isShared, hosts: this.#hosts };
  }

  /** A service is in view of the port by any protocol, even one that carries no HTTP. */
  readonly #isInView = ({ host }: RegistryService): boolean => this.#services.has(host);

  #defaultGroup(service: RegistryService): Group {
    const routes = () => [{ block: matchAll, ...defaultAction(service, this.#context()) }];
    return { routes, unregistered: [], services: [service] };
  }

  /** Unregistered hosts first; a virtual host whose name was seen, and a domain that was seen, are dropped. */
  #addVirtualHosts({ routes, owner, unregistered, services }: Group, known: ReadonlySet<string>): void {
    const base = { routes: new LazyMatcher(routes), ...(owner !== undefined && { owner }) };
    for (const host of unregistered) {
      if (this.#takeName(host))
        this.#hosts.add(addressDomain(host), { ...base, name: host, dedicated: false });
    }
    for (const service of services) {
      if (!this.#takeName(service.host)) continue;
      const virtualHost = { ...base, name: service.host, dedicated: this.#isDedicated(service) };
      const aliases = this.#aliases.get(service.host) ?? [];
      const domains = domainsOf(service, aliases, this.#sources.workload.namespace);
      for (const domain of domains.all) {
        if (!(domains.short.has(domain) && known.has(domain))) this.#hosts.add(domain, virtualHost);
      }
    }
  }

  #takeName(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }

  /** Clients that resolve the name dial the address of the port's own listener. */
  #isDedicated(service: RegistryService): boolean {
    const port = this.#services.get(service.host)?.port;
    return port !== undefined && hasOwnListener(service, port) && !isWildcard(service.host);
  }
}

/** A sniffed port of a service with an address of its own, or of a headless one with those of its pods. */
function hasOwnListener(service: RegistryService, port: RegistryPort): boolean {
  if (asListened(port).protocol !== 'auto') return false;
  return service.headless || ownAddressesOf(service).length > 0;
}
