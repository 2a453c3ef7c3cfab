import { asciiLowerCase } from '../../ascii.js';
import { overlap } from '../../hosts-in-common.js';
import { meshGateway } from '../../model/gateway.js';
import type { Document } from '../../model/place.js';
import { gatewayApiGroup } from '../../resources/gateway-api.js';
import type { Resource } from '../../resources/resource.js';
import { defaultRetryPolicy } from '../../retry/retry-policy.js';
import type { Report } from '../../validate/report.js';
import { kindsTakenBy, type Listener, listenersIn } from '../gateway/listeners.js';
import { Namespaces } from '../namespaces.js';
import { connectionRoutes, requestRoutes } from '../of-kind.js';
import type { RouteProblem } from './action.js';
import {
  attachmentsOf,
  type ConnectionRoute,
  isInMesh,
  type Parents,
  type RequestRoute,
  type Route,
} from './attachment.js';
import { convertConnectionRoute } from './connection-route.js';
import { References } from './references.js';
import { warnOfSeams } from './replaced-prefix.js';
import { convertRoute } from './route.js';

/** Parents that do not take a route, references that lead nowhere, and what a route says in vain. */
export function* remarkOnRoutes(
  resources: readonly Resource[],
  reportOf: (document: Document) => Report,
): Generator<undefined, void> {
  const references = new References(resources);
  const namespaces = new Namespaces(resources);
  const parents = { references, resources, listeners: listenersIn(resources, namespaces), namespaces };
  for (const { set, reason } of parents.listeners.detached)
    reportOf(set).warning(
      'listeners-not-attached',
      'spec.parentRef',
      `${reason}: the ListenerSet adds no listeners, and no route attaches to it.`,
    );
  for (const { owner, index, reason } of parents.listeners.lost)
    reportOf(owner).warning(
      'server-lost',
      `spec.listeners[${index}]`,
      `Istio leaves this listener out: ${reason}. No route attaches to it.`,
    );
  for (const listener of parents.listeners.kept) noteKinds(listener, reportOf(listener.owner));
  for (const route of requestRoutes(resources)) {
    yield;
    const report = reportOf(route);
    warnOfParents(route, parents, report);
    noteHostnames(route, report);
    const atGateway = isAtGateway(route);
    const { problems } = convertRoute(route, { references, atGateway, defaultRetry: defaultRetryPolicy });
    for (const problem of problems) warnOf(problem, 'its share of the requests gets 500', report);
    if (route.kind === 'HTTPRoute') warnOfSeams(route, report);
  }
  for (const route of connectionRoutes(resources)) {
    yield;
    remarkOnConnectionRoute(route, parents, reportOf(route));
  }
}

function remarkOnConnectionRoute(route: ConnectionRoute, parents: Parents, report: Report): void {
  warnOfParents(route, parents, report);
  noteServerNames(route, parents, report);
  const { rules, problems } = convertConnectionRoute(route, parents.references, isAtGateway(route));
  for (const problem of problems) warnOf(problem, 'its share of the connections is closed', report);
  for (const { place, destinations } of rules)
    if (destinations === 'none')
      report.warning(
        'backend-missing',
        `${place.rule.path}.backendRefs`,
        `no backend has a weight above 0: ${route.kind === 'TCPRoute' ? 'every connection is closed' : 'the rule does not exist'}. Write a weight, or leave the weight out, which is 1.`,
      );
}

function isAtGateway({ spec }: Route): boolean {
  return spec.parentRefs.some(({ kind }) => kind === 'Gateway' || kind === 'ListenerSet');
}

function warnOfParents(route: Route, parents: Parents, report: Report): void {
  for (const attachment of attachmentsOf(route, parents))
    if ('reason' in attachment)
      report.warning(
        'route-not-attached',
        attachment.field,
        `${attachment.reason}: the route has no effect there.`,
      );
}

/** Of several names those that are not the host's count for nothing, unless none is (recorded: `tcp-tlsroute-names`). */
function noteServerNames(route: ConnectionRoute, parents: Parents, report: Report): void {
  if (route.kind !== 'TLSRoute' || route.spec.hostnames.length < 2) return;
  const hosts = attachmentsOf(route, parents).flatMap((one) =>
    'host' in one && one.gateway === meshGateway ? [one.host] : [],
  );
  if (hosts.length === 0) return;
  const isOfParent = (name: string) => hosts.some((host) => overlap(asciiLowerCase(name), host));
  const others = route.spec.hostnames.filter((name) => !isOfParent(name));
  if (others.length === 0) return;
  const effect =
    others.length === route.spec.hostnames.length
      ? 'and where none is, the route takes every name'
      : `so that nothing is routed by ${others.join(', ')}`;
  report.warning(
    'hostnames-ignored',
    'spec.hostnames',
    `of several hostnames of a TLSRoute in the mesh, those count that are hosts of its parents (${hosts.join(', ')}), ${effect}. Write those, or a route with a single name for each of the others.`,
  );
}

/** The listener takes the other kinds all the same (recorded: `gwapi-kinds-unknown`). */
function noteKinds({ spec, index }: Listener, report: Report): void {
  const taken = kindsTakenBy(spec);
  spec.allowedRoutes.kinds.forEach(({ group, kind }, position) => {
    if (group === gatewayApiGroup && taken.includes(kind)) return;
    report.warning(
      'route-kind-not-taken',
      `spec.listeners[${index}].allowedRoutes.kinds[${position}]`,
      `a listener of ${spec.protocol} does not take the kind ${kind}${group === gatewayApiGroup ? '' : ` of ${group === '' ? 'the core API' : group}`}; ${taken.length === 0 ? 'leave kinds out' : `write ${taken.join(' or ')}`}.`,
    );
  });
}

/** For a Service as parent the hosts are the Service's (recorded: `httproute-hostnames`). */
function noteHostnames({ spec }: RequestRoute, report: Report): void {
  if (spec.hostnames.length === 0 || !spec.parentRefs.some(isInMesh)) return;
  report.warning(
    'hostnames-ignored',
    'spec.hostnames',
    'hostnames count for Gateways only: attached to a Service or a ServiceEntry, the route is for its hosts. Leave hostnames out, or attach the route to a Gateway.',
  );
}

/** @param effect what becomes of the share of a backend that is missing */
function warnOf({ field, reason, lost }: RouteProblem, effect: string, report: Report): void {
  if (lost === 'route')
    report.warning(
      'route-lost',
      field,
      `${reason}, and Istio leaves the whole route out because of it, its other rules as well. Correct it, or take the rule out.`,
    );
  else
    report.warning(
      'backend-missing',
      field,
      `${reason}; ${lost === 'mirror' ? 'the copies are lost' : effect}.`,
    );
}
