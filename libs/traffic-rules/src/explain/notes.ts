import type { TableContents } from '../compile/table.js';
import { answersPreflight } from '../cors/preflight.js';
import type { Action } from '../model/action.js';
import type { Mesh } from '../model/mesh.js';
import type { ResourceReference } from '../model/place.js';
import { carriesHttp } from '../model/service.js';
import type { RouteRequest } from '../request.js';
import { type Found, lookupName, virtualHostOf } from '../route/route.js';

/** What else is worth knowing of a request's host, however the host is spelt. */
export function notes(contents: TableContents, request: RouteRequest, found: Found): string[] {
  const host = new AskedHost(contents, lookupName(request.authority));
  return [
    ...notesOnOtherRules(contents, request, found, host),
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

/** A host as the client wrote it, and as its service is called in full. */
class AskedHost {
  readonly names: ReadonlySet<string>;
  readonly #spellings: readonly string[];
  readonly service: TableContents['mesh']['services'] extends ReadonlyMap<string, infer S>
    ? S | undefined
    : never;

  constructor(
    { mesh, workload }: TableContents,
    readonly asked: string,
  ) {
    const spellings = [
      asked,
      `${asked}.${workload.namespace}.svc.cluster.local`,
      `${asked}.svc.cluster.local`,
      `${asked}.cluster.local`,
    ];
    this.#spellings = spellings;
    const full = spellings.find((name) => mesh.services.has(name)) ?? asked;
    this.service = mesh.services.get(full);
    this.names = new Set([asked, full]);
  }

  /** Whether it is a way to spell that name, or lies under that wildcard. */
  mayMean(name: string): boolean {
    return this.#spellings.includes(name) || (name.startsWith('*') && this.asked.endsWith(name.slice(1)));
  }

  isAmong(hosts: readonly string[]): boolean {
    return hosts.some((host) => this.names.has(host));
  }
}

function notesOnOtherRules(
  contents: TableContents,
  request: RouteRequest,
  found: Found,
  host: AskedHost,
): string[] {
  const { mesh } = contents;
  if (mesh.gateway !== undefined) return notesOnUnservedRules(contents, request, host);
  const owner = ownerOf(contents, request, found, host);
  const others = mesh.rules.filter(({ resource, hosts }) => resource !== owner && host.isAmong(hosts));
  return others.map(({ resource, rules, connections = [] }) => {
    const label = `${nameOf(resource)} names ${host.asked} too`;
    if (owner !== undefined)
      return `${label}, but ${owner.namespace}/${owner.name} comes first and wins whole: the two are not merged.`;
    if (resource.kind === 'VirtualService' && rules.length + connections.length === 0)
      return `${label}, but none of its rules is left: the VirtualServices that they delegate to are missing or conflict with them (grayscale check says which).`;
    if (found.kind === 'connection' && connections.length === 0)
      return `${label}, but it has rules for HTTP alone, and port ${request.port} is not HTTP.`;
    const leaves = found.kind === 'pass-through' || found.kind === 'blocked';
    return leaves && host.service === undefined
      ? `${label}, but no service registers ${host.asked} on port ${request.port}: a host that is not registered is routed on port 80 alone, and only if some service there speaks HTTP.`
      : `${label}, but it has no rule for this workload on port ${request.port}.`;
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

/** Rules of a gateway that no server on the port takes. */
function notesOnUnservedRules(contents: TableContents, request: RouteRequest, host: AskedHost): string[] {
  const { mesh } = contents;
  if (mesh.rules.length === 0)
    return [
      `No rule in force is bound to ${gatewayNames(mesh)}: write its name among the gateways of a VirtualService, or among the parentRefs of a route.`,
    ];
  const served = virtualHostOf(contents, request)?.sources ?? [];
  return mesh.rules
    .filter((rules) => !served.includes(rules) && host.isAmong(rules.hosts))
    .map(
      ({ resource, gateways }) =>
        `${nameOf(resource)} names ${host.asked} too, but no server of ${gateways.join(' or ')} takes it on port ${request.port}.`,
    );
}

/** Rules lead to the host, and are for requests to other hosts. */
function notesOnRulesToIt({ mesh }: TableContents, found: Found, host: AskedHost): string[] {
  if (found.kind === 'found' && found.route.rule !== undefined) return [];
  return mesh.rules
    .filter(({ hosts, rules }) => !host.isAmong(hosts) && rules.some(({ action }) => leadsTo(action, host)))
    .map(
      ({ resource, hosts }) =>
        `${nameOf(resource)} routes to ${host.asked}, but only requests for its own hosts (${hosts.slice(0, 3).join(', ')}) take its rules.`,
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
    if (host.isAmong(hosts)) return [`${nameOf(resource)} names ${host.asked} too, but ${reason}.`];
    if (host.isAmong(destinations))
      return [
        `${nameOf(resource)} routes to ${host.asked}, but ${reason}; its hosts are ${hosts.join(', ')}.`,
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
      `On port ${port} the application speaks TLS or TCP, which HTTP rules do not look into${routed.length > 0 ? `; they apply on port ${routed.join(', ')} of ${asked}` : ''}.`,
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

/** `Gateway shop/front`, whatever Istio calls its parts. */
function gatewayNames({ gateway }: Mesh): string {
  return (
    [...new Set(gateway?.servers.map(({ resource }) => nameOf(resource)))].join(' or ') || 'this gateway'
  );
}

function nameOf({ kind, namespace, name }: ResourceReference): string {
  return `${kind} ${namespace}/${name}`;
}
