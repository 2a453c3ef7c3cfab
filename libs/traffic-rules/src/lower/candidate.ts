import type { HostRules } from '../model/rule.js';
import type { Metadata } from '../resources/metadata.js';
import type { Steps } from '../steps.js';
import type { RulesView } from './rules-view.js';
import { visibleTo } from './visibility.js';

/** A resource with rules that may be for a client. */
export interface Candidate {
  metadata: Metadata;
  exportTo: readonly string[];
  /** Fully qualified, in lower case. */
  hosts: readonly string[];
  /** Whether it is a route of the Gateway API. */
  isRoute: boolean;
  lower(): HostRules;
}

/**
 * The rules that a client sees, in the order in which the first wins: what is private to its namespace, what is exported
 * to it by name, routes of its own namespace, then the rest (Istio, virtualservice.go SelectVirtualServices).
 */
export function* rulesInOrder(
  candidates: readonly Candidate[],
  { workload: { namespace }, scope }: RulesView,
): Steps<HostRules[]> {
  const isOwnRoute = ({ isRoute, metadata }: Candidate) => isRoute && metadata.namespace === namespace;
  const isPublic = ({ exportTo }: Candidate) => exportTo.length === 0 || exportTo.includes('*');
  const seen = visibleTo(candidates, namespace, ({ exportTo }) => exportTo).filter(({ metadata, hosts }) =>
    scope.takesRules(metadata.namespace, hosts),
  );
  const ordered = [
    ...seen.filter((candidate) => !isPublic(candidate)),
    ...seen.filter((candidate) => isPublic(candidate) && isOwnRoute(candidate)),
    ...seen.filter((candidate) => isPublic(candidate) && !isOwnRoute(candidate)),
  ];
  const lowered: HostRules[] = [];
  for (const candidate of ordered) {
    yield;
    const isOnPort = scope.rulesOnPort(candidate.metadata.namespace, candidate.hosts);
    lowered.push({ ...candidate.lower(), ...(isOnPort !== undefined && { isOnPort }) });
  }
  return lowered;
}
