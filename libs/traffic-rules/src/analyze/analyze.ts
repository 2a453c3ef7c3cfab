import type { RouteTable } from '../compile/table.js';
import type { Issue } from '../issue.js';
import { warnOfDelegates } from './delegates.js';
import { warnOfUnusedDestinationRules } from './destination-rules.js';
import { warnOfDestinations } from './destinations.js';
import { headerUses } from './headers-used.js';
import { warnOfHosts } from './hosts.js';
import { MeshView } from './mesh-view.js';
import { warnOfRuleEffects } from './rule-effects.js';
import { warnOfShadowedRules } from './shadowed-rules.js';
import { warnOfMixedSplits } from './splits.js';

export interface AnalyzeOptions {
  /** The headers that the client passes on; a rule that matches any other is reported. Without it none is. */
  forwardedHeaders?: readonly string[];
}

/**
 * What bites although Istio accepts it, for one workload: warnings about the resources together, never errors.
 * For resources that `validate` has no errors for; others give follow-ups that help nobody.
 */
export function analyze(table: RouteTable, options: AnalyzeOptions = {}): Issue[] {
  const view = new MeshView(table);
  warnOfHosts(view);
  warnOfShadowedRules(view);
  warnOfDestinations(view);
  warnOfMixedSplits(view);
  warnOfRuleEffects(view);
  warnOfDelegates(view);
  warnOfUnusedDestinationRules(view);
  warnOfSelectors(view);
  if (options.forwardedHeaders !== undefined) warnOfLostHeaders(view, options.forwardedHeaders);
  return view.issues();
}

/** Workloads are selected in a cluster; outside of it there are none. */
function warnOfSelectors(view: MeshView): void {
  for (const entry of view.ofKind('ServiceEntry')) {
    if (entry.spec.workloadSelector === undefined) continue;
    const message =
      'the entry selects workloads of the cluster, and a laptop has none: requests get 503 here. Write endpoints with addresses instead.';
    view.report(entry).warning('selector-not-honoured', 'spec.workloadSelector', message);
  }
}

function warnOfLostHeaders(view: MeshView, forwarded: readonly string[]): void {
  const known = new Set(forwarded.map((name) => name.toLowerCase()));
  for (const { document } of view.deciding)
    for (const { name, path } of headerUses(document))
      if (!known.has(name)) {
        const list = [...known].sort().join(', ') || 'none';
        view
          .report(document)
          .warning(
            'header-not-forwarded',
            path,
            `the rule matches the header ${name}, but the calling application does not forward it (it forwards ${list}), so that its requests never carry it.`,
          );
      }
}
