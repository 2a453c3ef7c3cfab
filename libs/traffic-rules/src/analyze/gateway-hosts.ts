import { overlap } from '../hosts-in-common.js';
import type { ConnectionRule } from '../model/connection.js';
import { bindingAdvice, type GatewayServer, meshGateway, takesRequests } from '../model/gateway.js';
import type { HostRules } from '../model/rule.js';
import { fieldOf, resourceName } from '../place.js';
import type { MeshView } from './mesh-view.js';

/** Hosts of rules that no server of their gateways takes, and rules of a kind that no server that takes them looks at. */
export function* warnOfGatewayHosts(view: MeshView): Generator<undefined, void> {
  const servers = view.table.mesh.gateway?.servers ?? [];
  noteUnusedGateways(view, servers);
  for (const { owner } of view.deciding) {
    yield;
    const own = servers.filter(({ gateway }) => owner.gateways.includes(gateway));
    if (own.length === 0) continue;
    owner.hosts.forEach((host, index) => {
      const problem = hostProblem(view, host, owner, own);
      if (problem !== undefined)
        view.report(owner.document).warning('host-not-served', owner.hostFields[index] ?? '', problem);
    });
    warnOfLayers(
      view,
      owner,
      own.filter((server) => owner.hosts.some((host) => takes(server, host))),
    );
  }
}

/** A Gateway that takes requests and has no rules; one that only redirects needs none. */
function noteUnusedGateways(view: MeshView, servers: readonly GatewayServer[]): void {
  const bound = new Set(view.deciding.flatMap(({ owner }) => owner.gateways));
  const unused = Map.groupBy(
    servers.filter((server) => takesRequests(server) && !server.redirectsToHttps),
    ({ document }) => document,
  );
  for (const [document, own] of unused)
    if (!own.some(({ gateway }) => bound.has(gateway)))
      view
        .report(document)
        .info(
          'gateway-without-rules',
          '',
          `no rule in force is bound to ${namesOf(own)}, so it answers every request with 404. Write ${bindingAdvice(own)}.`,
        );
}

/** Why no server takes a host for the rules' namespace. */
function hostProblem(
  { table }: MeshView,
  host: string,
  { document, gateways }: HostRules,
  own: readonly GatewayServer[],
): string | undefined {
  const isService = table.mesh.services.has(host);
  // Rules for both are called by one name from outside and by another within.
  if (isService && gateways.includes(meshGateway)) return undefined;
  const taking = own.flatMap(({ hosts }) => hosts).filter((one) => overlap(one.host, host));
  const { namespace } = document.metadata;
  if (taking.some((one) => (one.namespace ?? namespace) === namespace)) return undefined;
  const names = namesOf(own);
  if (taking.length > 0)
    return `${names} takes ${host} from rules of ${listed(taking.flatMap((one) => one.namespace ?? []))} alone, and these are in ${namespace}: its requests get 404. Let the Gateway take it from there: "${namespace}/${host}" among its hosts, or allowedRoutes of the listener.`;
  const hosts = own.flatMap((server) => server.hosts.map((one) => one.host));
  return `no server of ${names} takes ${host} (they take ${listed(hosts)}): its requests get 404. Add the host to a server of the Gateway${isService ? `, or ${meshGateway} to the gateways of the rules if calls within the mesh are meant` : ''}.`;
}

/** A server looks into requests, or passes connections on; rules of the other kind do nothing there. */
function warnOfLayers(view: MeshView, owner: HostRules, servers: readonly GatewayServer[]): void {
  if (servers.length === 0) return;
  const [first] = owner.rules;
  const names = namesOf(servers);
  if (first !== undefined && !servers.some(takesRequests))
    view
      .report(first.place.document)
      .warning(
        'rule-without-server',
        first.place.rule.path,
        `no server of ${names} reads the requests of these hosts (${protocolsOf(servers)}), so rules for http do nothing. Write tls or tcp rules, or a server with protocol HTTP, or HTTPS with mode: SIMPLE.`,
      );
  warnOfPorts(view, owner, servers);
  const told = new Set<string>();
  for (const rule of owner.connections ?? []) {
    const problem = told.has(rule.place.rule.path) ? undefined : connectionProblem(rule, servers, names);
    if (problem === undefined) continue;
    told.add(rule.place.rule.path);
    view.report(rule.place.document).warning('rule-without-server', fieldOf(rule.place), problem);
  }
}

/** Matches on a port that no server of the gateway has (recorded: `gateway-several-servers`). */
function warnOfPorts(view: MeshView, { rules }: HostRules, servers: readonly GatewayServer[]): void {
  const taking = servers.filter(takesRequests);
  if (taking.length === 0) return;
  for (const { place, requirements } of rules) {
    const port = requirements.find(({ subject, absent }) => subject.kind === 'port' && !absent);
    if (port?.test.kind !== 'exact' || place.match === undefined) continue;
    const { value } = port.test;
    if (!taking.some((server) => `${server.port}` === value))
      view
        .report(place.document)
        .warning('rule-without-server', `${place.match.path}.port`, portProblem(value, taking));
  }
}

function portProblem(port: string, servers: readonly GatewayServer[]): string {
  return `no server of ${namesOf(servers)} has port ${port} for these hosts (they have ${listed(servers.map((server) => `${server.port}`))}), so the match takes nothing. Write one of these ports, or leave the port out.`;
}

function connectionProblem(
  { layer, requirements }: ConnectionRule,
  servers: readonly GatewayServer[],
  names: string,
): string | undefined {
  const wanted = layer === 'tls' ? ['tls-passthrough'] : ['tcp', 'tls'];
  const fitting = servers.filter(({ serves, automatic }) => wanted.includes(serves) && automatic !== true);
  if (fitting.length === 0)
    return layer === 'tls'
      ? `no server of ${names} passes TLS through for these hosts (${protocolsOf(servers)}), so rules for tls do nothing. Where the gateway terminates TLS, write tcp rules (protocol TLS) or http rules (protocol HTTPS); or write mode: PASSTHROUGH.`
      : `no server of ${names} takes TCP connections for these hosts (${protocolsOf(servers)}), so rules for tcp do nothing. Write a server with protocol TCP, or TLS that the gateway terminates.`;
  const port = requirements.find(({ subject }) => subject.kind === 'port')?.test;
  if (port?.kind !== 'exact' || fitting.some((server) => `${server.port}` === port.value)) return undefined;
  return portProblem(port.value, fitting);
}

function takes(server: GatewayServer, host: string): boolean {
  return server.hosts.some((one) => overlap(one.host, host));
}

/** `Gateway shop/front`, or the ListenerSet, whatever Istio calls its parts. */
function namesOf(servers: readonly GatewayServer[]): string {
  return [...new Set(servers.map(({ resource }) => resourceName(resource)))].join(' or ');
}

function protocolsOf(servers: readonly GatewayServer[]): string {
  return listed(servers.map(({ port, serves }) => `port ${port} ${words[serves]}`));
}

const words: Readonly<Record<GatewayServer['serves'], string>> = {
  http: 'takes requests',
  https: 'terminates TLS and takes requests',
  tcp: 'takes TCP',
  tls: 'terminates TLS and takes TCP',
  'tls-passthrough': 'passes TLS through',
};

function listed(texts: readonly string[]): string {
  return [...new Set(texts)].slice(0, 5).join(', ');
}
