import type { TableContents } from '../compile/table.js';
import { answersPreflight } from '../cors/preflight.js';
import type { Action } from '../model/action.js';
import type { ResourceReference } from '../model/place.js';
import { carriesHttp } from '../model/service.js';
import { resourceName } from '../place.js';
import type { RouteRequest } from '../request.js';
import { lookupName } from '../route/arrival.js';
import type { Found } from '../route/route.js';
import { AskedHost } from './asked-host.js';
import { notesOnGatewayRules } from './gateway-notes.js';

/** What else is worth knowing of a request's host, however the host is spelt. */
export function notes(contents: TableContents, request: RouteRequest, found: Found): string[] {
  const host = new AskedHost(contents, lookupName(request.authority));
  return [
    ...notesOnOtherRules(contents, request, found, host),
    ...notesOnWildcards(contents, request, found, host),
    ...notesOnRulesToIt(contents, found, host),
    ...notesOnHiddenRules(contents, host),
    ...notesOnHiddenServices(contents, found, host),
    ...notesOnOtherPorts(request, found, host),
    ...notesOnOtherNamespaces(contents, found, host),
    ...notesOnPreflights(found),
  ];
}

/** An OPTIONS request that the policy of CORS leaves to the application. */
function notesOnPreflights(found: Found): string[] {
  if (found.kind !== 'found') return [];
  const {
    view,
    route: { cors },
  } = found;
  if (cors === undefined || view.request.method !== 'OPTIONS' || answersPreflight(cors, view)) return [];
  const missing = ['origin', 'access-control-request-method'].filter((name) => !view.headerValues(name)?.[0]);
  const why =
    missing.length > 0 ? `it has no ${missing.join(' and no ')}` : 'its origin is not among allowOrigins';
  return [
    `The rule's corsPolicy does not answer this OPTIONS request: ${why}. It goes the way of any other request.`,
  ];
}

function notesOnOtherRules(
  contents: TableContents,
  request: RouteRequest,
  found: Found,
  host: AskedHost,
): string[] {
  const { mesh } = contents;
  if (mesh.gateway !== undefined) return notesOnGatewayRules(contents, request, found, host);
  const owner = ownerOf(contents, request, found, host);
  const others = mesh.rules.filter(({ resource, hosts }) => resource !== owner && host.isAmong(hosts));
  return others.map(({ resource, rules, connections = [] }) => {
    const label = `${resourceName(resource)} names ${host.asked} too`;
    if (owner !== undefined)
      return `${label}, but ${owner.namespace}/${owner.name} comes first and decides alone: the two are not merged.`;
    if (resource.kind === 'VirtualService' && rules.length + connections.length === 0)
      return `${label}, but none of its rules is left: the VirtualServices that they delegate to are missing or conflict with them (grayscale check says which).`;
    if (found.kind === 'connection' && connections.length === 0)
      return `${label}, but it has only HTTP rules, and port ${request.port} is not HTTP.`;
    const leaves = found.kind === 'pass-through' || found.kind === 'blocked';
    return leaves && host.service === undefined
      ? `${label}, but no service registers ${host.asked} on port ${request.port}: a host that is not registered is routed only on port 80, and only if some service there speaks HTTP.`
      : `${label}, but it has no rule for this workload on port ${request.port}.`;
  });
}

/** Wildcards above a host that is not registered: registered names under them alone are routed (recorded: `host-wildcard-narrowed`). */
function notesOnWildcards(
  { mesh }: TableContents,
  { port }: RouteRequest,
  found: Found,
  { asked, service }: AskedHost,
): string[] {
  const leaves = found.kind === 'pass-through' || found.kind === 'blocked';
  if (!leaves || service !== undefined || mesh.gateway !== undefined) return [];
  return mesh.rules.flatMap(({ resource, hosts }) => {
    const wildcard = hosts.find((host) => host.startsWith('*') && asked.endsWith(host.slice(1)));
    if (wildcard === undefined) return [];
    const registered = [...mesh.services.keys()].find((name) => name.endsWith(wildcard.slice(1)));
    const why =
      registered === undefined || port !== 80
        ? `no service registers ${asked} on port ${port}`
        : `beside the registered ${registered} its rules apply only to registered names`;
    return [
      `${resourceName(resource)} has ${wildcard}, but ${why}: write a ServiceEntry for ${wildcard} with an HTTP port ${port}.`,
    ];
  });
}

/** The resource whose rules are tried for the host on that port. */
function ownerOf(
  { ports }: TableContents,
  { port }: RouteRequest,
  found: Found,
  { asked }: AskedHost,
): ResourceReference | undefined {
  if (found.kind !== 'connection') return ports.get(port)?.hosts.find(asked)?.owner?.resource;
  const because = found.target.shares[0]?.because;
  return because?.reason === 'rule' ? because.resource : undefined;
}

/** Rules lead to the host, and are for requests to other hosts. */
function notesOnRulesToIt({ mesh }: TableContents, found: Found, host: AskedHost): string[] {
  if (found.kind === 'found' && found.route.rule !== undefined) return [];
  return mesh.rules
    .filter(({ hosts, rules }) => !host.isAmong(hosts) && rules.some(({ action }) => leadsTo(action, host)))
    .map(
      ({ resource, hosts }) =>
        `${resourceName(resource)} routes to ${host.asked}, but only requests for its own hosts (${hosts.slice(0, 3).join(', ')}) take its rules.`,
    )
    .slice(0, 5);
}

function leadsTo(action: Action, host: AskedHost): boolean {
  return (
    action.kind === 'forward' && host.isAmong(action.destinations.map((destination) => destination.host))
  );
}

/** Rules that are for gateways, or for other namespaces. */
function notesOnHiddenRules({ mesh }: TableContents, host: AskedHost): string[] {
  return [...mesh.hiddenRules()].flatMap(({ resource, hosts, destinations, reason }) => {
    if (host.isAmong(hosts)) return [`${resourceName(resource)} names ${host.asked} too, but ${reason}.`];
    if (host.isAmong(destinations))
      return [
        `${resourceName(resource)} routes to ${host.asked}, but ${reason}; its hosts are ${hosts.join(', ')}.`,
      ];
    return [];
  });
}

/** A service that is there, and that the workload's proxy is not told of. */
function notesOnHiddenServices({ mesh }: TableContents, found: Found, host: AskedHost): string[] {
  if (found.kind === 'found') return [];
  const reasons = [...mesh.hiddenServices()].filter((hidden) => host.mayMean(hidden.host));
  return reasons.map((hidden) => `${hidden.host} ${hidden.reason}.`);
}

/** A port on which nobody looks into requests, beside those on which somebody does. */
function notesOnOtherPorts(
  { port, scheme }: RouteRequest,
  found: Found,
  { service, asked }: AskedHost,
): string[] {
  if (service === undefined || (found.kind !== 'pass-through' && found.kind !== 'blocked')) return [];
  const routed = service.ports.filter(({ protocol }) => carriesHttp(protocol)).map(({ number }) => number);
  const own = service.ports.find(({ number }) => number === port);
  if (own !== undefined || scheme === 'https')
    return [
      `On port ${port} the application speaks TLS or TCP, which HTTP rules do not apply to${routed.length > 0 ? `; they apply on port ${routed.join(', ')} of ${asked}` : ''}.`,
    ];
  return routed.length > 0 ? [`${asked} is served on port ${routed.join(', ')}, not on ${port}.`] : [];
}

/** A short name means a service of the workload's own namespace. */
function notesOnOtherNamespaces({ mesh, workload }: TableContents, found: Found, host: AskedHost): string[] {
  if (host.service !== undefined || (found.kind !== 'pass-through' && found.kind !== 'blocked')) return [];
  if (host.asked.includes('.')) return [];
  const namespaces = [...mesh.services.keys()]
    .filter((name) => name.startsWith(`${host.asked}.`) && name.endsWith('.svc.cluster.local'))
    .map((name) => name.split('.')[1] ?? '');
  return namespaces.map(
    (namespace) =>
      `${host.asked} is a service of the namespace ${namespace}, and the calling workload is in ${workload.namespace}: call ${host.asked}.${namespace}, or say --namespace ${namespace}.`,
  );
}
