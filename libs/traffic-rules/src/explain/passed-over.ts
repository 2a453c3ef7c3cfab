import { meetsListener, takesEverything } from '../compile/routes.js';
import type { TableContents, VirtualHost } from '../compile/table.js';
import { conditionOf, failureAt, holdsAt } from '../match/algebra.js';
import type { RequestView } from '../match/request-view.js';
import type { Listener } from '../match/subject-definition.js';
import { meshGateway } from '../model/gateway.js';
import type { Rule } from '../model/rule.js';
import type { RouteRequest } from '../request.js';
import { virtualHostOf } from '../route/arrival.js';
import { normalizePath } from '../route/path-normalization.js';
import { type Found, viewOf } from '../route/route.js';
import type { PassedOver } from './explanation.js';

/** Every rule of the host up to the one that held. */
export function passedOver(contents: TableContents, request: RouteRequest, found: Found): PassedOver[] {
  const virtualHost = inCharge(contents, request, found);
  const owner = virtualHost?.owner;
  const target = normalizePath(request.path, contents.mesh.pathNormalization);
  if (owner === undefined || target === undefined) return [];
  const view = found.kind === 'found' ? found.view : viewOf(contents, request, target);
  const listener = {
    workload: contents.workload,
    port: virtualHost?.port ?? request.port,
    gateway: virtualHost?.gateway ?? meshGateway,
  };
  const passed: PassedOver[] = [];
  for (const rule of owner.rules) {
    if (found.kind === 'found' && rule === found.route.rule) return passed;
    passed.push(describe(rule, reasons(rule, view, listener)));
    if (takesEverything(rule) && meetsListener(rule, listener)) return passed;
  }
  return passed;
}

function inCharge(contents: TableContents, request: RouteRequest, found: Found): VirtualHost | undefined {
  if (found.kind === 'found') return found.virtualHost;
  return found.kind === 'no-route' ? virtualHostOf(contents, request) : undefined;
}

function describe({ place }: Rule, reasons: string[]): PassedOver {
  const { resource, rule, match } = place;
  return { resource, rule, ...(match !== undefined && { match }), reasons };
}

/** What differs from request to request is not looked at where no request could meet the rule. */
function reasons({ requirements }: Rule, view: RequestView, listener: Listener): string[] {
  const unmet = requirements.filter((requirement) => holdsAt(requirement, listener) === false);
  if (unmet.length > 0) return unmet.map((requirement) => failureAt(requirement, listener));
  const failed = requirements
    .flatMap((requirement) => conditionOf(requirement) ?? [])
    .filter((condition) => !condition.holds(view));
  if (failed.length > 0) return failed.map((condition) => condition.failure(view));
  return ['its action is one that Envoy refuses, so the rule does not exist'];
}
