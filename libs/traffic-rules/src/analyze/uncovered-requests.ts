import { isForWorkload, takesEverything } from '../compile/routes.js';
import { describeRequirement } from '../match/algebra.js';
import type { Rule } from '../model/rule.js';
import type { MeshView } from './mesh-view.js';

/** Services whose rules leave requests over: they get 404, though without any rule the service would answer. A gateway answers nothing without a rule. */
export function* warnOfUncoveredRequests(view: MeshView): Generator<undefined, void> {
  if (view.table.mesh.gateway !== undefined) return;
  for (const { owner, ports } of view.deciding) {
    yield;
    const rules = owner.rules.filter((rule) => isForWorkload(rule, view.table));
    const serves = owner.hosts.some((host) => view.table.mesh.services.has(host));
    if (ports.size === 0 || rules.length === 0 || !serves || coversAll(rules)) continue;
    const narrow = rules.find((rule) => !isByPath(rule));
    const report = view.report(owner.document);
    const path = owner.document.kind === 'VirtualService' ? 'spec.http' : 'spec.rules';
    if (narrow !== undefined) report.warning('requests-left-over', path, message(narrow));
    else
      report.info(
        'requests-left-over',
        path,
        'paths that no rule matches get 404 with an empty body; write a last rule without match if the service should answer them.',
      );
  }
}

function coversAll(rules: readonly Rule[]): boolean {
  return rules.some(takesEverything) || rules.some((rule) => rules.some((other) => complements(rule, other)));
}

/** One rule with a single condition, and one with its opposite. */
function complements({ requirements: [a, ...more] }: Rule, { requirements: [b, ...others] }: Rule): boolean {
  if (a === undefined || b === undefined || more.length + others.length > 0) return false;
  return a.absent !== b.absent && JSON.stringify([a.subject, a.test]) === JSON.stringify([b.subject, b.test]);
}

function isByPath({ requirements }: Rule): boolean {
  return requirements.some(({ subject }) => subject.kind === 'path' || subject.kind === 'port');
}

function message({ requirements }: Rule): string {
  const asked = requirements.map(describeRequirement).join(' and ');
  return `no rule takes the requests that the others leave over, for instance those without ${asked}: they get 404 with an empty body, and do not go to the service. Write a last rule without match.`;
}
