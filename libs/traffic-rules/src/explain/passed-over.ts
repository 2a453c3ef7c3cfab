import { because, isOnPort } from '../compile/routes.js';
import type { TableContents } from '../compile/table.js';
import type { PreparedBlock, PreparedRule, PreparedVirtualService } from '../compile/virtual-service.js';
import { RequestView } from '../match/request-view.js';
import type { RouteRequest } from '../request.js';
import { normalizePath } from '../route/path-normalization.js';
import { type Found, lookupName } from '../route/route.js';
import type { PassedOver } from './explanation.js';

/** Every match block of the host's VirtualService up to the one that held. */
export function passedOver(table: TableContents, request: RouteRequest, found: Found): PassedOver[] {
  const virtualService = inCharge(table, request, found);
  const target = normalizePath(request.path);
  if (virtualService === undefined || target === undefined) return [];
  const view = found.kind === 'found' ? found.view : new RequestView(request, target, table.repeatedHeaders);
  const passed: PassedOver[] = [];
  for (const rule of virtualService.rules) {
    for (const block of rule.blocks) {
      const reachable = isOnPort(block, request.port);
      if (found.kind === 'found' && reachable && block.compiled === found.route.block) return passed;
      passed.push(describe(virtualService, rule, block, reasons(block, view)));
      if (reachable && block.compiled.catchAll) return passed;
    }
  }
  return passed;
}

function inCharge(
  table: TableContents,
  { port, authority }: RouteRequest,
  found: Found,
): PreparedVirtualService | undefined {
  if (found.kind === 'found') return found.virtualHost.virtualService;
  if (found.kind !== 'no-route') return undefined;
  return table.ports.get(port)?.hosts.find(lookupName(authority))?.virtualService;
}

function describe(
  virtualService: PreparedVirtualService,
  rule: PreparedRule,
  block: PreparedBlock,
  reasons: string[],
): PassedOver {
  const { rule: place, match } = because(virtualService, rule, block);
  return {
    resource: virtualService.reference,
    rule: place ?? { index: rule.index, location: rule.location },
    ...(match !== undefined && { match }),
    reasons,
  };
}

function reasons({ excluded, match, compiled }: PreparedBlock, view: RequestView): string[] {
  const { port } = view.request;
  if (excluded !== undefined) return [excluded];
  if (match?.port && match.port !== port) return [`port is ${port}, not ${match.port}`];
  const failed = compiled.conditions.filter((condition) => !condition.holds(view));
  if (failed.length > 0) return failed.map((condition) => condition.failure(view));
  return ['its action is one that Envoy refuses, so that the rule does not exist'];
}
