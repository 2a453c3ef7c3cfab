import type { HostRules, Rule } from '../model/rule.js';
import type { Workload } from '../workload.js';
import type { RuleDestination } from './registry.js';

/** Where the rules lead that may concern the workload (istio, push_context.go virtualServiceDestinationsFilteredBySourceNamespace). */
export function* destinationsOf(rules: readonly HostRules[], workload: Workload): Generator<RuleDestination> {
  for (const owner of rules) {
    for (const { destinations } of owner.connections ?? [])
      for (const { host, port } of destinations) yield { host, port };
    for (const rule of owner.rules) {
      if (rule.action.kind !== 'forward' || isForOthers(rule, workload)) continue;
      for (const { host, port } of [...rule.action.destinations, ...rule.action.mirrors])
        yield { host, port };
    }
  }
}

function isForOthers({ requirements }: Rule, { namespace }: Workload): boolean {
  return requirements.some(
    ({ subject, test }) =>
      subject.kind === 'source-namespace' && test.kind === 'exact' && test.value !== namespace,
  );
}
