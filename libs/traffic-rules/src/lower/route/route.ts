import { meshGateway } from '../../model/gateway.js';
import type { Entry, Place } from '../../model/place.js';
import type { HostRules, Rule } from '../../model/rule.js';
import type { RetryPolicy } from '../../retry/retry-policy.js';
import type { Workload } from '../../workload.js';
import type { Candidate } from '../candidate.js';
import { lazyLocation } from '../lazy-location.js';
import { requestRoutes } from '../of-kind.js';
import { referenceTo } from '../reference.js';
import type { RulesView } from '../rules-view.js';
import { exportedTo } from '../virtual-service/virtual-service.js';
import { compareText } from '../visibility.js';
import { type RouteProblem, routeAction } from './action.js';
import { type Attachment, attachmentsOf, onPort, type Parents, type RequestRoute } from './attachment.js';
import { grpcRouteMatch, httpRouteMatch, type RouteMatch } from './matches.js';
import { comparePrecedence, type Precedence } from './precedence.js';
import type { References } from './references.js';

/** A rule of a route with what decides where it stands among others. */
interface RankedRule {
  rule: Rule;
  precedence: Precedence;
}

/**
 * HTTPRoutes and GRPCRoutes that a client may have rules of: those of one namespace for one host are put together and
 * sorted by how specific they are (Istio, route_collections.go mergeHTTPRoutes).
 */
export function routeCandidates(parents: Parents, view: RulesView): Candidate[] {
  const { workload, gateways } = view;
  const groups = new Map<string, Array<{ route: RequestRoute; attachment: Attachment }>>();
  for (const route of routesIn(parents))
    for (const attachment of attachmentsOf(route, parents)) {
      if (!('gateway' in attachment) || !gateways.has(attachment.gateway)) continue;
      if (!isForClient(route, attachment, workload)) continue;
      const key = keyOf(route, attachment);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ route, attachment }]);
      else group.push({ route, attachment });
    }
  return [...groups].flatMap(([key, group]) => candidateOf(key, group, parents, view) ?? []);
}

/**
 * Oldest first, then by namespace, then by the name of what Istio makes of a route, `name~0~...`: `hello-canary` comes before `hello`
 * (Istio, conversion.go sortRoutesByCreationTime; recorded: `gwapi-route-names-prefix`).
 */
function routesIn({ resources }: Parents): RequestRoute[] {
  return requestRoutes(resources).sort(
    ({ metadata: a }, { metadata: b }) =>
      (a.creationTimestamp ?? 0) - (b.creationTimestamp ?? 0) ||
      compareText(a.namespace, b.namespace) ||
      compareText(`${a.name}~`, `${b.name}~`),
  );
}

/** In the mesh a route counts for clients of its own namespace, or for everybody if it is the service's namespace. */
function isForClient(
  { metadata, spec }: RequestRoute,
  { gateway, field }: Attachment,
  workload: Workload,
): boolean {
  if (gateway !== meshGateway) return true;
  const parent = spec.parentRefs[Number(/\d+/.exec(field)?.[0])];
  const owner = parent?.namespace ?? metadata.namespace;
  return owner === metadata.namespace || workload.namespace === metadata.namespace;
}

function keyOf({ metadata }: RequestRoute, { gateway, host, port }: Attachment): string {
  if (gateway !== meshGateway) return `${gateway}/${host}`;
  return `${metadata.namespace}${port === undefined ? '' : `/${port.number}`}/${host}`;
}

function candidateOf(
  key: string,
  group: ReadonlyArray<{ route: RequestRoute; attachment: Attachment }>,
  parents: Parents,
  { options }: RulesView,
): Candidate | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const rules = group.flatMap(({ route, attachment }) =>
    rulesOf(route, attachment, parents, options.defaultRetry),
  );
  if (rules.length === 0) return undefined;
  const { route, attachment } = first;
  return {
    metadata: { ...route.metadata, name: key.replaceAll('/', '~') },
    exportTo: exportedTo([], options),
    hosts: [attachment.host],
    isRoute: true,
    lower: (): HostRules => ({
      document: route,
      resource: referenceTo(route),
      hosts: [attachment.host],
      hostFields: [attachment.field],
      gateways: [attachment.gateway],
      ...(attachment.gateway === meshGateway && { registeredOnly: true }),
      rules: rules.sort((a, b) => comparePrecedence(a.precedence, b.precedence)).map(({ rule }) => rule),
    }),
  };
}

/** The rules of a route by way of one of its parents; none if there is something in it that Istio cannot do. */
function rulesOf(
  route: RequestRoute,
  { gateway, port }: Attachment,
  parents: Parents,
  defaultRetry: RetryPolicy,
): RankedRule[] {
  const converted = convertRoute(route, {
    references: parents.references,
    atGateway: gateway !== meshGateway,
    defaultRetry,
  });
  if (converted.problems.some(({ lost }) => lost === 'route')) return [];
  if (port === undefined) return converted.rules;
  const requirement = onPort(route, port);
  return converted.rules.map(({ rule, precedence }) => ({
    precedence: { ...precedence, isConditional: true },
    rule: { ...rule, requirements: [...rule.requirements, requirement] },
  }));
}

/** What a route says, whatever it is attached to. */
export interface ConvertedRoute {
  rules: RankedRule[];
  /** With their fields in full. */
  problems: RouteProblem[];
}

/** What rules of routes are converted by. */
export interface Conversion {
  references: References;
  atGateway: boolean;
  defaultRetry: RetryPolicy;
}

export function convertRoute(
  route: RequestRoute,
  { references, atGateway, defaultRetry }: Conversion,
): ConvertedRoute {
  const { kind, metadata, spec } = route;
  const find = (reference: Parameters<typeof references.backend>[0]) =>
    references.backend(reference, { kind, namespace: metadata.namespace }, atGateway);
  const rules: RankedRule[] = [];
  const problems: RouteProblem[] = [];
  spec.rules.forEach((rule, index) => {
    const path = `spec.rules[${index}]`;
    const { action, problems: found } = routeAction(rule, kind, find, defaultRetry);
    problems.push(...found.map((problem) => ({ ...problem, field: `${path}.${problem.field}` })));
    const entry: Entry = {
      index,
      path,
      ...(rule.name !== undefined && { name: rule.name }),
      location: lazyLocation(route.source, path),
    };
    const place: Place = { document: route, resource: referenceTo(route), rule: entry };
    for (const { match, requirements, precedence } of matchesOf(route, index))
      rules.push({ precedence, rule: { place: { ...place, ...match }, requirements, action } });
  });
  return { rules, problems };
}

/** How specific each match of a rule is, and the rule itself where it has none. @throws RangeError without that rule */
export function rulePrecedences(route: RequestRoute, rule: number): Precedence[] {
  if (route.spec.rules[rule] === undefined) throw new RangeError(`there is no rule ${rule}`);
  return matchesOf(route, rule).map(({ precedence }) => precedence);
}

type PlacedMatch = RouteMatch & { match: { match?: Entry } };

function matchesOf(route: RequestRoute, index: number): PlacedMatch[] {
  const written = route.spec.rules[index]?.matches ?? [];
  if (written.length === 0) return [{ match: {}, requirements: [], precedence: ofEverything(route) }];
  return written.map((match, position) => {
    const path = `spec.rules[${index}].matches[${position}]`;
    const origin = { document: route, path };
    const converted = 'path' in match ? httpRouteMatch(match, origin) : grpcRouteMatch(match, origin);
    const location = lazyLocation(route.source, path);
    return { ...converted, match: { match: { index: position, path, location } } };
  });
}

/** An HTTPRoute's rule without matches has the prefix `/`, a GRPCRoute's has none. */
function ofEverything({ kind }: RequestRoute): Precedence {
  const none = { hasMethod: false, headers: 0, queryParameters: 0 };
  return kind === 'HTTPRoute'
    ? { ...none, isConditional: true, path: 2, length: 1 }
    : { ...none, isConditional: false, path: -1, length: 0 };
}
