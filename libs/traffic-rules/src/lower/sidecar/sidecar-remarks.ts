import type { Document } from '../../model/place.js';
import type { Sidecar } from '../../resources/sidecar.js';
import type { Report } from '../../validate/report.js';
import { compareByAge } from '../visibility.js';

/** Sidecars that no workload ever gets, as nothing of them is merged (istioctl's IST0110 and IST0111). */
export function remarkOnSidecars(
  documents: readonly Sidecar[],
  rootNamespace: string,
  reportOf: (document: Document) => Report,
): void {
  const first = new Map<string, Sidecar>();
  for (const document of [...documents].sort((a, b) => compareByAge(a.metadata, b.metadata))) {
    const { namespace } = document.metadata;
    const selector = document.spec.workloadSelector;
    if (selector !== undefined && namespace === rootNamespace)
      reportOf(document).warning(
        'sidecar-ignored',
        'spec.workloadSelector',
        `a Sidecar of ${rootNamespace} with a selector is for workloads of ${rootNamespace} alone; leave the selector out for all namespaces, or move it to the namespace of the workloads.`,
      );
    const key = `${namespace} ${JSON.stringify(Object.entries(selector ?? {}).sort())}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, document);
    else reportOf(document).warning('sidecar-ignored', '', ignored(earlier));
  }
}

function ignored({ metadata, spec }: Sidecar): string {
  const whom = spec.workloadSelector === undefined ? 'every workload of the namespace' : 'the same workloads';
  return `Sidecar ${metadata.namespace}/${metadata.name} is for ${whom} and comes first (the older, then by name): this one is not used. Put both into one.`;
}
