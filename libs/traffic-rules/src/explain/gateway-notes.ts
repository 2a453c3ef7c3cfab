import type { PortTable, TableContents, VirtualHost } from '../compile/table.js';
import { isWildcard } from '../host-map.js';
import { lies } from '../hosts-in-common.js';
import { bindingAdvice, takesRequests } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { HostRules } from '../model/rule.js';
import { resourceName } from '../place.js';
import type { RouteRequest } from '../request.js';
import { virtualHostOf } from '../route/arrival.js';
import type { Found } from '../route/route.js';
import type { AskedHost } from './asked-host.js';

/** What a gateway's rules and servers have to do with a host, beyond the rules that it has there. */
export function notesOnGatewayRules(
  contents: TableContents,
  request: RouteRequest,
  found: Found,
  host: AskedHost,
): string[] {
  const { mesh } = contents;
  if (mesh.rules.length === 0)
    return [
      `No rule in force is bound to ${gatewayNames(mesh)}: write ${bindingAdvice(mesh.gateway?.servers ?? [])}.`,
    ];
  const virtualHost = virtualHostOf(contents, request);
  const served = virtualHost?.sources ?? [];
  const decides = found.kind === 'connection' ? found.target.shares[0]?.because : undefined;
  const named = mesh.rules.filter(
    (rules) => !served.includes(rules) && decides?.resource !== rules.resource && host.isAmong(rules.hosts),
  );
  if (found.kind !== 'connection' && virtualHost === undefined && named.length === 0)
    return notesOnServers(mesh, request, host);
  return [
    ...named.map((rules) => {
      const places = placesOf(rules, contents, host);
      return places.length > 0
        ? `${resourceName(rules.resource)} has rules for ${host.asked} on port ${places.join(' and ')}.`
        : `${resourceName(rules.resource)} names ${host.asked} too, but no server of ${boundTo(rules, mesh)} leads to its rules.`;
    }),
    ...(found.kind === 'no-route' ? notesOnHiddenWildcards(mesh, virtualHost, host) : []),
  ];
}

/** Where clients of a gateway meet the rules for the host: `80`, `443 with TLS`. */
function placesOf(rules: HostRules, { ports }: TableContents, { asked }: AskedHost): string[] {
  const isThere = (hosts: PortTable['hosts'] | undefined) =>
    hosts?.find(asked)?.sources?.includes(rules) === true;
  return [...ports].flatMap(([port, { hosts, byServerName }]) => [
    ...(isThere(hosts) ? [`${port}`] : []),
    ...(isThere(byServerName?.find(asked)?.hosts) ? [`${port} with TLS`] : []),
  ]);
}

/** The Gateways whose servers the rules are bound to, whatever Istio calls their listeners. */
function boundTo({ gateways }: HostRules, mesh: Mesh): string {
  const servers = mesh.gateway?.servers.filter(({ gateway }) => gateways.includes(gateway)) ?? [];
  return [...new Set(servers.map(({ resource }) => resourceName(resource)))].join(' or ');
}

/** Rules for a wider host, which are not asked where those of a narrower one take nothing. */
function notesOnHiddenWildcards(
  { rules }: Mesh,
  virtualHost: VirtualHost | undefined,
  { asked }: AskedHost,
): string[] {
  if (virtualHost === undefined) return [];
  return rules.flatMap(({ resource, hosts }) => {
    const wildcard = hosts.find((host) => isWildcard(host) && lies(asked, host));
    const isAsked = virtualHost.sources?.some((source) => source.resource === resource) === true;
    if (wildcard === undefined || isAsked) return [];
    return [
      `${resourceName(resource)} has rules for ${wildcard}, but those for ${virtualHost.name} hide them whole: a gateway tries the rules of the narrowest host alone.`,
    ];
  });
}

/** Why a gateway knows nothing of a host: no server takes it, or no rule names it. */
function notesOnServers({ gateway, rules }: Mesh, { port }: RouteRequest, { asked }: AskedHost): string[] {
  const servers = (gateway?.servers ?? []).filter((server) => server.port === port && takesRequests(server));
  const hosts = servers.flatMap((server) => server.hosts.map(({ host }) => host));
  if (hosts.length === 0) return [];
  return hosts.some((host) => lies(asked, host))
    ? [
        `A server takes ${asked}, but no rule names it: the rules are for ${listed(rules.flatMap((one) => one.hosts))}.`,
      ]
    : [`No server takes ${asked} on port ${port}: they take ${listed(hosts)}.`];
}

function listed(hosts: readonly string[]): string {
  const all = [...new Set(hosts)];
  return all.length > 5 ? `${all.slice(0, 5).join(', ')} and ${all.length - 5} more` : all.join(', ');
}

/** `Gateway shop/front`, whatever Istio calls its parts. */
function gatewayNames({ gateway }: Mesh): string {
  return (
    [...new Set(gateway?.servers.map(({ resource }) => resourceName(resource)))].join(' or ') ||
    'this gateway'
  );
}
