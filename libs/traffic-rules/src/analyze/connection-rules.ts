import { asciiLowerCase } from '../ascii.js';
import type { ConnectionChain } from '../compile/connection-chains.js';
import { ServiceChains } from '../compile/service-chains.js';
import { blocksOf } from '../compile/tcp-listeners.js';
import { holdsAt } from '../match/algebra.js';
import { type ConnectionMatch, type ConnectionRule, connectionMatchKey } from '../model/connection.js';
import type { GatewayServer } from '../model/gateway.js';
import type { HostRules } from '../model/rule.js';
import type { RegistryService } from '../model/service.js';
import { fieldOf, placedName, resourceName } from '../place.js';
import { EarlierRules } from './earlier-rules.js';
import type { MeshView } from './mesh-view.js';
import { warnOfSharedNames, warnOfTakenNames } from './passed-names.js';
import { limits } from './shadowed-rules.js';

/** Rules for tcp and tls that no connection comes to. */
export function* warnOfConnectionRules(view: MeshView): Generator<undefined, void> {
  const { gateway } = view.table.mesh;
  if (gateway !== undefined) {
    yield* warnOfSharedPorts(view, gateway.servers);
    warnOfTakenNames(view);
    warnOfSharedNames(view);
    return;
  }
  for (const { owner } of view.deciding) {
    yield;
    if (view.hasServices) warnOfUnregistered(view, owner);
    yield* warnOfRepeated(view, owner);
    yield* warnOfOverlaps(view, owner);
  }
}

/** A sidecar hears TCP and TLS on the ports of registered services alone (recorded: `tcp-rule-unregistered`, `tcp-tls-rule-unregistered`). */
function warnOfUnregistered(view: MeshView, owner: HostRules): void {
  const { connections = [] } = owner;
  if (connections.length === 0) return;
  const layers = [...new Set(connections.map(({ layer }) => layer))];
  owner.hosts.forEach((host, index) => {
    if (host.startsWith('*')) return;
    const service = view.table.mesh.services.get(host);
    const problem = service === undefined ? unregistered(host) : portProblem(service, layers);
    if (problem !== undefined)
      view.report(owner.document).warning('host-not-served', owner.hostFields[index] ?? '', problem);
  });
}

function unregistered(host: string): string {
  return `no Service and no ServiceEntry has the host ${host}, and rules for tcp and tls apply only to the ports of registered services: its connections go on as if there were no rule. Write the host of a service, or a ServiceEntry for this one.`;
}

function portProblem(
  { host, ports }: RegistryService,
  layers: ReadonlyArray<ConnectionRule['layer']>,
): string | undefined {
  const missing = layers.find((layer) => !ports.some((port) => isOf(layer, port)));
  if (missing === undefined) return undefined;
  const has = ports.map(
    ({ number, protocol, encrypted }) => `${number} ${encrypted === true ? 'TLS' : protocol}`,
  );
  const wanted = missing === 'tls' ? 'protocol TLS or HTTPS' : 'protocol TCP';
  return `${host} has no port with ${wanted} (it has ${has.join(', ')}), so its rules for ${missing} do nothing. Write http rules, or give the port that protocol (its name, or appProtocol).`;
}

function isOf(
  layer: ConnectionRule['layer'],
  { protocol, encrypted }: RegistryService['ports'][number],
): boolean {
  if (layer === 'tls') return encrypted === true;
  return encrypted !== true && (protocol === 'tcp' || protocol === 'auto');
}

/** Rules of one resource of which Envoy makes no listener. */
function* warnOfOverlaps(view: MeshView, owner: HostRules): Generator<undefined, void> {
  if (owner.connections === undefined) return;
  const { clusters, workload, mesh } = view.table;
  const chains = new ServiceChains({ clusters, workload, services: mesh.services, rules: [owner] });
  const reported = new Set<ConnectionRule>();
  for (const host of owner.hosts) {
    const service = mesh.services.get(host);
    for (const port of service?.ports ?? []) {
      yield;
      if (service === undefined || !(isOf('tls', port) || isOf('tcp', port))) continue;
      const blocks = blocksOf(service);
      const found = overlapping(chains.of(service, port, { blocks, byServerName: false }));
      if (found === undefined || reported.has(found.rule)) continue;
      reported.add(found.rule);
      const { rule, first, shared } = found;
      view
        .report(rule.place.document)
        .warning(
          'connection-rules-overlap',
          fieldOf(rule.place),
          `${fieldOf(first.place)} has ${shared} as well: Envoy refuses the whole listener of port ${port.number}, so its connections keep the previous rules. Write ${shared} in one of the two.`,
        );
    }
  }
}

interface Overlap {
  rule: ConnectionRule;
  first: ConnectionRule;
  /** What both ask for. */
  shared: string;
}

/** The first rule that shares a part of what its chain is for with one before it. */
function overlapping(chains: readonly ConnectionChain[]): Overlap | undefined {
  const taken = new Map<string, ConnectionRule>();
  for (const { rule, match } of chains) {
    if (rule === undefined) continue;
    for (const shared of partsOf(match)) {
      const first = taken.get(shared);
      if (first !== undefined) return { rule, first, shared };
      taken.set(shared, rule);
    }
  }
  return undefined;
}

/** Each combination of what is asked for, as a server name at a block of addresses. */
function partsOf({ serverNames, ...others }: ConnectionMatch): string[] {
  const [first = [], ...further] = [serverNames.map(asciiLowerCase), ...Object.values(others)]
    .filter((values) => values.length > 0)
    .map((values) => [...new Set(values)]);
  return further.reduce(
    (parts, values) => parts.flatMap((part) => values.map((value) => `${part} at ${value}`)),
    first,
  );
}

/** Rules of one resource behind one that takes the same connections. */
function* warnOfRepeated(
  view: MeshView,
  { document, connections = [] }: HostRules,
): Generator<undefined, void> {
  const earlier = new EarlierConnections();
  for (const rule of connections) {
    yield;
    const first = earlier.takingAllOf(rule);
    const at = fieldOf(rule.place);
    if (first !== undefined)
      view
        .report(rule.place.document)
        .warning(
          'rule-shadowed',
          at,
          `no connection comes to this rule: ${fieldOf(first.place)} takes all of them. Put it before that one, or give it a port, an address or a server name of its own.`,
        );
    else earlier.add(rule);
    if (earlier.effort < limits.resource) continue;
    view
      .report(document)
      .info(
        'analysis-incomplete',
        at,
        `${connections.length} rules are too many to compare each of them with those before it: whether a connection reaches the rules from here on was not checked.`,
      );
    return;
  }
}

/** By what is written alike; a narrower server name wins over a wider one, whatever their order. */
class EarlierConnections {
  readonly #byAddress = new Map<string, EarlierRules<ConnectionRule>>();
  #effort = 0;

  /** As that of {@link EarlierRules}. */
  get effort(): number {
    return this.#effort;
  }

  add(rule: ConnectionRule): void {
    const key = keyOf(rule, rule.match);
    const rules = this.#byAddress.get(key) ?? new EarlierRules<ConnectionRule>();
    this.#byAddress.set(key, rules);
    rules.add(rule);
  }

  /** One for the same addresses, or for all. */
  takingAllOf(rule: ConnectionRule): ConnectionRule | undefined {
    const anywhere = { ...rule.match, subnets: [] };
    for (const match of rule.match.subnets.length === 0 ? [anywhere] : [rule.match, anywhere]) {
      const rules = this.#byAddress.get(keyOf(rule, match));
      const before = rules?.effort ?? 0;
      const found = rules?.covering(rule, before + limits.resource - this.#effort);
      this.#effort += (rules?.effort ?? 0) - before;
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function keyOf({ layer }: ConnectionRule, match: ConnectionMatch): string {
  return `${layer} ${connectionMatchKey(match)}`;
}

/** A server that takes TCP has one rule: without a Host nothing tells connections apart (Istio, gateway.go buildGatewayNetworkFilters). */
function* warnOfSharedPorts(view: MeshView, servers: readonly GatewayServer[]): Generator<undefined, void> {
  const inForce = new Set<ConnectionRule>();
  const lost = new Map<ConnectionRule, { first: ConnectionRule; server: GatewayServer }>();
  for (const server of servers.filter(({ serves }) => serves === 'tcp' || serves === 'tls')) {
    yield;
    const [first, ...others] = rulesAt(view, server);
    if (first === undefined) continue;
    inForce.add(first);
    for (const rule of others) lost.set(rule, { first, server });
  }
  for (const [rule, { first, server }] of lost) {
    if (inForce.has(rule)) continue;
    const { resource } = first.place;
    const name = placedName(resource);
    view
      .report(rule.place.document)
      .warning(
        'rule-shadowed',
        fieldOf(rule.place),
        `no connection comes to this rule: TCP carries no host, so ${name} takes every connection to port ${server.port} of ${resourceName(server.resource)}. Give each host a port of its own, or pass TLS through and tell them apart by server name.`,
      );
  }
}

function rulesAt({ deciding, table }: MeshView, server: GatewayServer): ConnectionRule[] {
  const listener = { workload: table.workload, port: server.port, gateway: server.gateway };
  return deciding
    .filter(({ owner }) => owner.gateways.includes(server.gateway))
    .flatMap(({ owner }) => owner.connections ?? [])
    .filter(
      ({ layer, requirements }) =>
        layer === 'tcp' && requirements.every((one) => holdsAt(one, listener) !== false),
    );
}
