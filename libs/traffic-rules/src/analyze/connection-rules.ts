import { holdsAt } from '../match/algebra.js';
import type { ConnectionRule } from '../model/connection.js';
import type { GatewayServer } from '../model/gateway.js';
import type { HostRules } from '../model/rule.js';
import type { RegistryService } from '../model/service.js';
import { placedName } from '../place.js';
import { EarlierRules } from './earlier-rules.js';
import type { MeshView } from './mesh-view.js';
import { limits } from './shadowed-rules.js';

/** Rules for tcp and tls that no connection comes to. */
export function* warnOfConnectionRules(view: MeshView): Generator<undefined, void> {
  const { gateway } = view.table.mesh;
  if (gateway !== undefined) return yield* warnOfSharedPorts(view, gateway.servers);
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
  return `no Service and no ServiceEntry has the host ${host}, and rules for tcp and tls act on the ports of registered services alone: its connections go on as if there were no rule. Write the host of a service, or a ServiceEntry for this one.`;
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
  return `${host} has no port with ${wanted} (it has ${has.join(', ')}), so that its rules for ${missing} do nothing. Write http rules, or give the port that protocol (its name, or appProtocol).`;
}

function isOf(
  layer: ConnectionRule['layer'],
  { protocol, encrypted }: RegistryService['ports'][number],
): boolean {
  if (layer === 'tls') return encrypted === true;
  return encrypted !== true && (protocol === 'tcp' || protocol === 'auto');
}

/** Rules of one resource of which Envoy makes no listener. */
function* warnOfOverlaps(view: MeshView, { hosts, connections = [] }: HostRules): Generator<undefined, void> {
  const { services } = view.table.mesh;
  const reported = new Set<ConnectionRule>();
  for (const host of hosts) {
    for (const port of services.get(host)?.ports ?? []) {
      yield;
      const found = overlapping(rulesOfPort(view, connections, port));
      if (found === undefined || reported.has(found.rule)) continue;
      reported.add(found.rule);
      const { rule, first, shared } = found;
      view
        .report(rule.place.document)
        .warning(
          'connection-rules-overlap',
          (rule.place.match ?? rule.place.rule).path,
          `${(first.place.match ?? first.place.rule).path} has ${shared} as well: Envoy refuses the whole listener of port ${port.number}, so that its connections keep the rules of before. Write ${shared} in one of the two.`,
        );
    }
  }
}

function rulesOfPort(
  { table }: MeshView,
  connections: readonly ConnectionRule[],
  port: RegistryService['ports'][number],
): ConnectionRule[] {
  const listener = { workload: table.workload, port: port.number, gateway: 'mesh' };
  return connections.filter(
    ({ layer, requirements }) =>
      isOf(layer, port) && requirements.every((one) => holdsAt(one, listener) === true),
  );
}

interface Overlap {
  rule: ConnectionRule;
  first: ConnectionRule;
  /** What both ask for. */
  shared: string;
}

/**
 * The first rule that shares a part of what it asks for with one before it. istiod leaves out one of tls that is written as the one before
 * (tls.go buildSidecarOutboundTLSFilterChainOpts, whose hash keeps the order of the names), and ends its list at a rule of tcp for every address.
 */
function overlapping(rules: readonly ConnectionRule[]): Overlap | undefined {
  const taken = new Map<string, ConnectionRule>();
  const seen = new Set<string>();
  let handedOn: readonly string[] = [];
  for (const rule of rules) {
    const { layer, serverNames, subnets } = rule;
    // A rule of tls without addresses has those of the rule before it (recorded: `tcp-tls-rule-subnets-handed-on`).
    if (layer === 'tcp' || subnets.length > 0) handedOn = subnets;
    if (layer === 'tcp' && subnets.length === 0) return undefined;
    const whole = JSON.stringify([serverNames, subnets]);
    if (layer === 'tls' && seen.has(whole)) continue;
    seen.add(whole);
    for (const part of partsOf({ ...rule, subnets: handedOn })) {
      const first = taken.get(part);
      if (first !== undefined) return { rule, first, shared: part };
      taken.set(part, rule);
    }
  }
  return undefined;
}

/** Each pair of a server name and a block of addresses. */
function partsOf({ serverNames, subnets }: ConnectionRule): string[] {
  if (serverNames.length === 0) return [...new Set(subnets)];
  const names = [...new Set(serverNames.map((name) => name.toLowerCase()))];
  if (subnets.length === 0) return names;
  return names.flatMap((name) => [...new Set(subnets)].map((subnet) => `${name} at ${subnet}`));
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
    const { match, rule: entry } = rule.place;
    const at = (match ?? entry).path;
    if (first !== undefined)
      view
        .report(rule.place.document)
        .warning(
          'rule-shadowed',
          at,
          `no connection comes to this rule: ${(first.place.match ?? first.place.rule).path} takes all of them. Put it before that one, or give it a port, an address or a server name of its own.`,
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
    const key = keyOf(rule, rule.subnets);
    const rules = this.#byAddress.get(key) ?? new EarlierRules<ConnectionRule>();
    this.#byAddress.set(key, rules);
    rules.add(rule);
  }

  /** One for the same addresses, or for all. */
  takingAllOf(rule: ConnectionRule): ConnectionRule | undefined {
    for (const subnets of rule.subnets.length === 0 ? [[]] : [rule.subnets, []]) {
      const rules = this.#byAddress.get(keyOf(rule, subnets));
      const before = rules?.effort ?? 0;
      const found = rules?.covering(rule, before + limits.resource - this.#effort);
      this.#effort += (rules?.effort ?? 0) - before;
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function keyOf({ layer, serverNames }: ConnectionRule, subnets: readonly string[]): string {
  return JSON.stringify([layer, serverNames, subnets]);
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
    const name = placedName(`VirtualService ${resource.namespace}/${resource.name}`, resource.location);
    view
      .report(rule.place.document)
      .warning(
        'rule-shadowed',
        (rule.place.match ?? rule.place.rule).path,
        `no connection comes to this rule: TCP carries no host, so that ${name} takes every connection to port ${server.port} of Gateway ${server.resource.namespace}/${server.resource.name}. Give each host a port of its own, or pass TLS on and tell them apart by server name.`,
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
