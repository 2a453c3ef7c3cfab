import { meetsListener, takesEverything } from '../compile/routes.js';
import type { TableContents } from '../compile/table.js';
import { conditionOf, failureAt, holdsAt } from '../match/algebra.js';
import { RequestView } from '../match/request-view.js';
import type { Listener } from '../match/subject.js';
import type { HostRules, Rule } from '../model/rule.js';
import type { RouteRequest } from '../request.js';
import { normalizePath } from '../route/path-normalization.js';
import { type Found, virtualHostOf } from '../route/route.js';
import type { PassedOver } from './explanation.js';

/** Every rule of the host up to the one that held. */
export function passedOver(contents: TableContents, request: RouteRequest, found: Found): PassedOver[] {
  const owner = inCharge(contents, request, found);
  const target = normalizePath(request.path);
  if (owner === undefined || target === undefined) return [];
  const view =
    found.kind === 'found' ? found.view : new RequestView(request, target, contents.repeatedHeaders);
  const listener = { workload: contents.workload, port: request.port };
  const passed: PassedOver[] = [];
  for (const rule of owner.rules) {
    if (found.kind === 'found' && rule === found.route.rule) return passed;
    passed.push(describe(rule, reasons(rule, view, listener)));
    if (takesEverything(rule) && meetsListener(rule, listener)) return passed;
  }
  return passed;
}

function inCharge(
  contents: TableContents,
  { port, authority }: RouteRequest,
  found: Found,
): HostRules | undefined {
  if (found.kind === 'found') return found.virtualHost.owner;
  return found.kind === 'no-route' ? virtualHostOf(contents, authority, port)?.owner : undefined;
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
  return ['its action is one that Envoy refuses, so that the rule does not exist'];
}
