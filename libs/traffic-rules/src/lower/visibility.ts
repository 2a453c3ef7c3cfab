import type { Metadata } from '../resources/metadata.js';

/** How a resource comes to a workload's namespace; the order is Istio's order of precedence. */
export type Reach = 'private' | 'by-name' | 'public';

const precedence: Record<Reach, number> = { private: 0, 'by-name': 1, public: 2 };

/**
 * How `exportTo` lets a namespace see a resource; undefined when it does not.
 * An empty list means everyone; `*` beside other entries hides them (Istio, push_context.go).
 */
export function reachOf(exportTo: readonly string[], owner: string, namespace: string): Reach | undefined {
  if (exportTo.length === 0 || exportTo.includes('*')) return 'public';
  if (owner === namespace) return exportTo.includes('.') || exportTo.includes(owner) ? 'private' : undefined;
  return exportTo.includes(namespace) ? 'by-name' : undefined;
}

type Identity = Pick<Metadata, 'creationTimestamp' | 'name' | 'namespace'>;

/** Oldest first, then by name, then by namespace; without a timestamp a document counts as the oldest. */
export function compareByAge(a: Identity, b: Identity): number {
  return (
    (a.creationTimestamp ?? 0) - (b.creationTimestamp ?? 0) ||
    compareText(a.name, b.name) ||
    compareText(a.namespace, b.namespace)
  );
}

/**
 * What a workload's namespace sees of resources, in the order in which the first one wins.
 * @param nameOf by which resources of one age are in order; default: their own
 */
export function visibleTo<R extends { metadata: Metadata }>(
  resources: readonly R[],
  namespace: string,
  exportToOf: (resource: R) => readonly string[],
  nameOf: (resource: R) => string = ({ metadata }) => metadata.name,
): R[] {
  const seen: Array<{ resource: R; rank: number; identity: Identity }> = [];
  for (const resource of resources) {
    const reach = reachOf(exportToOf(resource), resource.metadata.namespace, namespace);
    if (reach === undefined) continue;
    const identity = { ...resource.metadata, name: nameOf(resource) };
    seen.push({ resource, rank: precedence[reach], identity });
  }
  seen.sort((a, b) => a.rank - b.rank || compareByAge(a.identity, b.identity));
  return seen.map(({ resource }) => resource);
}

/** As Go compares strings, where `localeCompare` would go by a language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
