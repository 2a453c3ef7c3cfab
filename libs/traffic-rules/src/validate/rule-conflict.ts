import type { HttpRule } from '../resources/virtual-service.js';
import type { Report } from './report.js';

/** Which parts of a rule exclude each other (istio, virtualservice.go validateHTTPRouteConflict). */
export function validateConflicts(rule: HttpRule, inDelegate: boolean, path: string, report: Report): void {
  if (rule.delegate !== undefined && !inDelegate) {
    for (const action of written(rule, ['redirect', 'route']))
      report.error(
        'action-conflict',
        `${path}.${action}`,
        `a rule with a delegate has no ${action} of its own; write it in the delegate.`,
      );
    return;
  }
  if (rule.delegate !== undefined)
    report.error(
      'delegate-conflict',
      `${path}.delegate`,
      'a delegate cannot have delegates itself; write its rules here.',
    );
  if (rule.redirect !== undefined)
    refuseBeside('redirect', ['route', 'fault', 'rewrite', 'directResponse'], rule, path, report);
  else if (rule.directResponse !== undefined)
    refuseBeside('directResponse', ['route', 'fault', 'rewrite'], rule, path, report);
  else if (rule.route.length === 0)
    report.error(
      'action-missing',
      path,
      'the rule does nothing with a request; write route, redirect or directResponse.',
    );
  if (rule.mirror !== undefined && rule.mirrors.length > 0)
    report.error('action-conflict', `${path}.mirrors`, 'the rule has both mirror and mirrors; keep mirrors.');
}

type Part = 'route' | 'redirect' | 'directResponse' | 'fault' | 'rewrite';

function refuseBeside(
  action: Part,
  others: readonly Part[],
  rule: HttpRule,
  path: string,
  report: Report,
): void {
  for (const other of written(rule, others))
    report.error(
      'action-conflict',
      `${path}.${other}`,
      `${other} has no meaning beside ${action}; keep one of the two.`,
    );
}

function written(rule: HttpRule, parts: readonly Part[]): Part[] {
  return parts.filter((part) => (part === 'route' ? rule.route.length > 0 : rule[part] !== undefined));
}
