import { asciiLowerCase } from '../../ascii.js';
import { overlap } from '../../hosts-in-common.js';
import { anyConnection, type ConnectionDestination, type ConnectionRule } from '../../model/connection.js';
import { meshGateway } from '../../model/gateway.js';
import type { Place } from '../../model/place.js';
import type { HostRules } from '../../model/rule.js';
import type { ConnectionRouteRule } from '../../resources/gateway-api.js';
import type { Candidate } from '../candidate.js';
import { lazyLocation } from '../lazy-location.js';
import { connectionRoutes } from '../of-kind.js';
import { referenceTo } from '../reference.js';
import type { RulesView } from '../rules-view.js';
import { exportedTo } from '../virtual-service/virtual-service.js';
import type { RouteProblem } from './action.js';
import { type Attachment, attachmentsOf, type ConnectionRoute, onPort, type Parents } from './attachment.js';
import type { References } from './references.js';

/**
 * TLSRoutes and TCPRoutes that a client may have rules of, each by itself. In the mesh they count for clients of every namespace, unlike
 * HTTPRoutes (Istio, route_collections.go TLSRouteCollection, TCPRouteCollection; recorded: `tcp-tcproute`).
 */
export function connectionRouteCandidates(parents: Parents, { gateways, options }: RulesView): Candidate[] {
  return connectionRoutes(parents.resources).flatMap((route) => {
    const attachments = attachmentsOf(route, parents).filter(
      (one): one is Attachment => 'gateway' in one && gateways.has(one.gateway),
    );
    return [...Map.groupBy(attachments, keyOf).values()].flatMap(
      (group) => candidateOf(route, group, parents, options) ?? [],
    );
  });
}

/** The hosts of a listener go together, those of a Service's or ServiceEntry's each by itself. */
function keyOf({ gateway, host, field }: Attachment): string {
  return gateway === meshGateway ? `${gateway} ${field} ${host}` : gateway;
}

function candidateOf(
  route: ConnectionRoute,
  group: readonly Attachment[],
  parents: Parents,
  options: RulesView['options'],
): Candidate | undefined {
  const [first] = group;
  const hosts = group.map(({ host }) => host);
  const connections = first === undefined ? [] : rulesOf(route, first, hosts, parents);
  if (first === undefined || connections.length === 0) return undefined;
  const layer = route.kind === 'TLSRoute' ? 'tls' : 'tcp';
  return {
    // What Istio makes of it is called so, which decides among those of one age.
    metadata: { ...route.metadata, name: `${route.metadata.name}~${layer}~` },
    exportTo: exportedTo([], options),
    hosts,
    isRoute: true,
    lower: (): HostRules => ({
      document: route,
      resource: referenceTo(route),
      hosts,
      hostFields: group.map(({ field }) => field),
      gateways: [first.gateway],
      ...(first.gateway === meshGateway && { registeredOnly: true }),
      rules: [],
      connections,
    }),
  };
}

/**
 * The rules of a route by way of one of its parents; none if there is something in it that Istio cannot do.
 * @param hosts of a gateway's listener, those that the two have in common
 */
function rulesOf(
  route: ConnectionRoute,
  attachment: Attachment,
  hosts: readonly string[],
  parents: Parents,
): ConnectionRule[] {
  const { gateway, listener } = attachment;
  const converted = convertConnectionRoute(route, parents.references, gateway !== meshGateway);
  if (converted.problems.some(({ lost }) => lost === 'route')) return [];
  // A gateway that ends TLS takes the first route of the listener for all of its names (Istio, gateway.go buildGatewayNetworkFiltersFromTCPRoutes).
  const layer = route.kind === 'TCPRoute' || listener?.termination !== undefined ? 'tcp' : 'tls';
  const names = gateway === meshGateway ? namesInMesh(route, attachment, parents) : [...new Set(hosts)];
  return converted.rules.flatMap(({ place, destinations }): ConnectionRule[] => {
    // Of a TLSRoute without any weight Istio makes a rule that matches nothing.
    if (destinations === 'none' && route.kind === 'TLSRoute') return [];
    return [
      {
        layer,
        place,
        requirements: attachment.port === undefined ? [] : [onPort(route, attachment.port)],
        match: { ...anyConnection, serverNames: layer === 'tls' ? names : [] },
        destinations: destinations === 'none' ? [nowhere] : destinations,
      },
    ];
  });
}

/**
 * The names that TLS may ask for in the mesh: of several, those that have to do with the parent's host, and every name where none has (Istio,
 * conversion.go compatibleRoutesForHost; recorded: `tcp-tlsroute-names`).
 */
function namesInMesh(route: ConnectionRoute, { host, field }: Attachment, parents: Parents): string[] {
  if (route.kind === 'TCPRoute') return [];
  const written = route.spec.hostnames.map(asciiLowerCase);
  const names = written.length === 0 ? hostsOfParent(route, field, parents) : written;
  return names.length > 1 ? names.filter((name) => overlap(name, host)) : names;
}

function hostsOfParent(route: ConnectionRoute, field: string, parents: Parents): string[] {
  return attachmentsOf(route, parents).flatMap((one) =>
    'host' in one && one.field === field ? [one.host] : [],
  );
}

/** What Istio sends connections to where all weights are 0: they are closed (Istio, conversion.go convertTCPRoute). */
const nowhere: ConnectionDestination = {
  host: '',
  subset: '',
  field: 'backendRefs',
  hostField: 'name',
  weight: 1,
};

interface ConvertedConnectionRoute {
  rules: Array<{ place: Place; destinations: readonly ConnectionDestination[] | 'none' }>;
  /** With their fields in full. */
  problems: RouteProblem[];
}

/** What a route says, whatever it is attached to. */
export function convertConnectionRoute(
  route: ConnectionRoute,
  references: References,
  atGateway: boolean,
): ConvertedConnectionRoute {
  const { kind, metadata, source, spec } = route;
  const problems: RouteProblem[] = [];
  const rules = spec.rules.map((rule, index) => {
    const path = `spec.rules[${index}]`;
    const { name } = rule;
    const location = lazyLocation(source, path);
    const entry = { index, path, ...(name !== undefined && { name }), location };
    const place = { document: route, resource: referenceTo(route), rule: entry };
    const find = (reference: Parameters<typeof references.backend>[0]) =>
      references.backend(reference, { kind, namespace: metadata.namespace }, atGateway);
    const { destinations, problems: found } = destinationsOf(rule, find);
    problems.push(...found.map((problem) => ({ ...problem, field: `${path}.${problem.field}` })));
    return { place, destinations: destinations.length === 0 ? ('none' as const) : destinations };
  });
  return { rules, problems };
}

/** Those that have a weight. */
function destinationsOf(
  { backendRefs }: ConnectionRouteRule,
  find: (reference: ConnectionRouteRule['backendRefs'][number]) => ReturnType<References['backend']>,
): { destinations: ConnectionDestination[]; problems: RouteProblem[] } {
  const problems: RouteProblem[] = [];
  const destinations = backendRefs.flatMap((reference, index): ConnectionDestination[] => {
    const { weight } = reference;
    if (weight <= 0) return [];
    const backend = find(reference);
    const field = `backendRefs[${index}]`;
    const base = { subset: '', field, hostField: 'name', weight } as const;
    if (backend.kind !== 'found')
      problems.push({
        field,
        reason: backend.reason,
        lost: backend.kind === 'invalid' ? 'route' : 'backend',
      });
    if (backend.kind === 'invalid') return [{ ...base, host: '' }];
    const { host, port } = backend;
    return [{ ...base, host, ...(port !== undefined && { port }) }];
  });
  return { destinations, problems };
}
