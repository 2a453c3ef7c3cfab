import type { Document } from '../../model/place.js';
import { gatewayApiGroup } from '../../resources/gateway-api.js';
import type { Resource } from '../../resources/resource.js';
import { defaultRetryPolicy } from '../../retry/retry-policy.js';
import type { Report } from '../../validate/report.js';
import { kindsTakenBy, type Listener, listenersIn } from '../gateway/listeners.js';
import { Namespaces } from '../namespaces.js';
import { routesOf } from '../of-kind.js';
import type { RouteProblem } from './action.js';
import { attachmentsOf, isInMesh, type Route } from './attachment.js';
import { References } from './references.js';
import { convertRoute } from './route.js';

/** Parents that do not take a route, references that lead nowhere, and what a route says in vain. */
export function* remarkOnRoutes(
  resources: readonly Resource[],
  reportOf: (document: Document) => Report,
): Generator<undefined, void> {
  const references = new References(resources);
  const parents = {
    references,
    resources,
    listeners: listenersIn(resources),
    namespaces: new Namespaces(resources),
  };
  for (const { gateway, index, reason } of parents.listeners.lost)
    reportOf(gateway).warning(
      'server-lost',
      `spec.listeners[${index}]`,
      `Istio leaves this listener out: ${reason}. No route attaches to it.`,
    );
  for (const listener of parents.listeners.kept) noteKinds(listener, reportOf(listener.gateway));
  for (const route of routesOf(resources)) {
    yield;
    const report = reportOf(route);
    for (const attachment of attachmentsOf(route, parents))
      if ('reason' in attachment)
        report.warning(
          'route-not-attached',
          attachment.field,
          `${attachment.reason}: the route has no effect there.`,
        );
    noteHostnames(route, report);
    const atGateway = route.spec.parentRefs.some(({ kind }) => kind === 'Gateway');
    const { problems } = convertRoute(route, { references, atGateway, defaultRetry: defaultRetryPolicy });
    for (const problem of problems) warnOf(problem, report);
  }
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
function noteHostnames({ spec }: Route, report: Report): void {
  if (spec.hostnames.length === 0 || !spec.parentRefs.some(isInMesh)) return;
  report.warning(
    'hostnames-ignored',
    'spec.hostnames',
    'hostnames count for Gateways only: attached to a Service or a ServiceEntry, the route is for its hosts. Leave hostnames out, or attach the route to a Gateway.',
  );
}

function warnOf({ field, reason, lost }: RouteProblem, report: Report): void {
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
      `${reason}; ${lost === 'mirror' ? 'the copies are lost' : 'its share of the requests gets 500'}.`,
    );
}
