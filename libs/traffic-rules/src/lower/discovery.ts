import type { Document } from '../model/place.js';
import type { Resource } from '../resources/resource.js';
import type { Report } from '../validate/report.js';
import { meshConfigOf } from './mesh-options.js';
import { Namespaces } from './namespaces.js';

/** Kinds that no namespace holds, and MeshConfig, which says what is looked at. */
const always: ReadonlySet<Resource['kind']> = new Set(['Namespace', 'MeshConfig']);

/** What istiod looks at, and what it does not. */
export interface Discovery {
  /** What istiod looks at. */
  resources: readonly Resource[];
  /** The rest: of namespaces that no selector fits. */
  undiscovered: readonly Resource[];
}

/**
 * With `discoverySelectors` istiod looks at all of the namespaces that one of them fits, and at nothing of any other (Istio,
 * pkg/kube/namespace/filter.go; recorded: `mesh-discovery-selectors`). A namespace that no file describes is looked at unless its name
 * forbids it: which labels it has in the cluster is not known.
 */
export function discover(documents: readonly Resource[]): Discovery {
  const { discoverySelectors = [] } = meshConfigOf(documents);
  if (discoverySelectors.length === 0) return { resources: documents, undiscovered: [] };
  const namespaces = new Namespaces(documents);
  const names = new Set(documents.map(({ metadata }) => metadata.namespace));
  const taken = new Set([...names].filter((name) => namespaces.mayBeSelectedBy(discoverySelectors, name)));
  const isTaken = ({ kind, metadata }: Resource) => always.has(kind) || taken.has(metadata.namespace);
  return {
    resources: documents.filter(isTaken),
    undiscovered: documents.filter((document) => !isTaken(document)),
  };
}

/** Says of each namespace that is left out where it begins. */
export function remarkOnDiscovery(
  { undiscovered }: Pick<Discovery, 'undiscovered'>,
  reportOf: (document: Document) => Report,
): void {
  const said = new Set<string>();
  for (const resource of undiscovered) {
    const { namespace } = resource.metadata;
    if (said.has(namespace)) continue;
    said.add(namespace);
    reportOf(resource).warning(
      'namespace-not-discovered',
      '',
      `Istio ignores everything in the namespace ${namespace}: none of MeshConfig's discoverySelectors matches its labels.`,
    );
  }
}
