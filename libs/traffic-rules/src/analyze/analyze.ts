import type { RouteTable } from '../compile/table.js';
import type { Issue, KnownIssue } from '../issue.js';
import { remarkOnDiscovery } from '../lower/discovery.js';
import { remarkOnResources } from '../lower/remarks.js';
import { type Steps, takeAll } from '../steps.js';
import { warnOfConnectionRules } from './connection-rules.js';
import { warnOfUnusedDestinationRules } from './destination-rules.js';
import { warnOfDestinations } from './destinations.js';
import { warnOfGatewayHosts } from './gateway-hosts.js';
import { warnOfLostServers } from './gateway-servers.js';
import { headersUsed } from './headers-used.js';
import { noteHiddenWildcards } from './hidden-wildcards.js';
import { warnOfHosts } from './hosts.js';
import { warnOfMergedRules } from './merged-rules.js';
import { MeshView } from './mesh-view.js';
import { noteMissingServices } from './missing-services.js';
import { warnOfPlainTlsPorts } from './plain-tls-ports.js';
import { ruleEntries } from './rule-entries.js';
import { warnOfShadowedRules } from './shadowed-rules.js';
import { warnOfMixedSplits } from './splits.js';
import { warnOfSurprisingDestinations } from './surprising-destinations.js';
import { warnOfUncoveredRequests } from './uncovered-requests.js';

/** What is known beside the table. */
export interface AnalyzeOptions {
  /** The headers that the calling application passes on; a rule that matches any other is reported. Without it none is. */
  forwardedHeaders?: readonly string[];
  /** What `validate` said: what it found of a rule is not said again. */
  known?: readonly KnownIssue[];
}

/**
 * What does not do what it seems to although Istio accepts it, for one workload: warnings about the resources together,
 * never errors. For resources that `validate` has no errors for; others give follow-ups that help nobody.
 */
export function analyze(table: RouteTable, options: AnalyzeOptions = {}): Issue[] {
  return takeAll(analyzeInSteps(table, options));
}

/**
 * As {@link analyze}, in steps of about a millisecond at most, for a caller that has other things to do between them.
 * @returns by its last step, the issues
 */
export function* analyzeInSteps(
  table: RouteTable,
  { forwardedHeaders, known = [] }: AnalyzeOptions = {},
): Steps<Issue[]> {
  const view = new MeshView(table);
  if (!view.hasServices) noteMissingServices(view);
  yield* view.table.mesh.gateway === undefined ? warnOfHosts(view) : warnOfGatewayHosts(view);
  yield* warnOfConnectionRules(view);
  warnOfLostServers(view);
  yield* warnOfShadowedRules(view, known);
  if (view.table.mesh.gateway !== undefined) {
    yield* warnOfMergedRules(view);
    yield* noteHiddenWildcards(view);
  }
  const entries = yield* ruleEntries(view);
  if (view.hasServices) yield* warnOfDestinations(view, entries);
  yield* warnOfMixedSplits(view, entries);
  yield* warnOfSurprisingDestinations(view, entries);
  yield* warnOfUncoveredRequests(view);
  yield* warnOfPlainTlsPorts(view);
  remarkOnDiscovery(view.table, (document) => view.report(document));
  yield* remarkOnResources(view.table.resources, view.table.mesh.services, (document) =>
    view.report(document),
  );
  if (view.hasServices) warnOfUnusedDestinationRules(view);
  if (forwardedHeaders !== undefined) yield* warnOfLostHeaders(view, forwardedHeaders);
  return view.issues();
}

function* warnOfLostHeaders(view: MeshView, forwarded: readonly string[]): Generator<undefined, void> {
  const known = new Set(forwarded.map((name) => name.toLowerCase()));
  const list = [...known].sort().join(', ') || 'none';
  for (const { name, document, path } of headersUsed(view.table.mesh)) {
    yield;
    if (!known.has(name))
      view
        .report(document)
        .warning(
          'header-not-forwarded',
          path,
          `the rule matches the header ${name}, but the calling application does not forward it (it forwards ${list}), so its requests never carry it.`,
        );
  }
}
