import { holdsAt } from '../match/algebra.js';
import type { ConnectionRule } from '../model/connection.js';
import type { GatewayServer } from '../model/gateway.js';
import type { HostRules } from '../model/rule.js';
import type { RegistryService } from '../model/service.js';
import { placedName } from '../place.js';
import type { MeshView } from './mesh-view.js';

/** Rules for tcp and tls that no connection comes to. */
export function* warnOfConnectionRules(view: MeshView): Generator<undefined, void> {
  const { gateway } = view.table.mesh;
  if (gateway !== undefined) return warnOfSharedPorts(view, gateway.servers);
  for (const { owner } of view.deciding) {
    yield;
    if (view.hasServices) warnOfUnregistered(view, owner);
    warnOfRepeated(view, owner);
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

/** Rules of one resource behind one that takes the same connections. */
function warnOfRepeated(view: MeshView, { connections = [] }: HostRules): void {
  connections.forEach((rule, index) => {
    const first = connections.slice(0, index).find((earlier) => takesAllOf(earlier, rule));
    if (first === undefined) return;
    const { match, rule: entry } = rule.place;
    view
      .report(rule.place.document)
      .warning(
        'rule-shadowed',
        (match ?? entry).path,
        `no connection comes to this rule: ${(first.place.match ?? first.place.rule).path} takes all of them. Put it before that one, or give it a port, an address or a server name of its own.`,
      );
  });
}

/** By what is written alike; a narrower server name wins over a wider one, whatever their order. */
function takesAllOf(earlier: ConnectionRule, later: ConnectionRule): boolean {
  if (earlier.layer !== later.layer) return false;
  const isSame = (a: readonly string[], b: readonly string[]) => a.join() === b.join();
  const keyOf = ({ subject, test }: ConnectionRule['requirements'][number]) =>
    JSON.stringify([subject, test]);
  const wanted = new Set(later.requirements.map(keyOf));
  return (
    earlier.requirements.every((requirement) => wanted.has(keyOf(requirement))) &&
    (earlier.subnets.length === 0 || isSame(earlier.subnets, later.subnets)) &&
    isSame(earlier.serverNames, later.serverNames)
  );
}

/** A server that takes TCP has one rule: without a Host nothing tells connections apart (Istio, gateway.go buildGatewayNetworkFilters). */
function warnOfSharedPorts(view: MeshView, servers: readonly GatewayServer[]): void {
  const inForce = new Set<ConnectionRule>();
  const lost = new Map<ConnectionRule, { first: ConnectionRule; server: GatewayServer }>();
  for (const server of servers.filter(({ serves }) => serves === 'tcp' || serves === 'tls')) {
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
