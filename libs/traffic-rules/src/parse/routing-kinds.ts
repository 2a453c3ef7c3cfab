import { notModelled } from './document.js';
import { kinds } from './kinds.js';

/** A kind that takes part in routing. */
export interface RoutingKind {
  /** Empty for the core API. */
  group: string;
  kind: string;
  /** The versions that are read, the one to prefer first; empty where any will do, as the kind is only named in a warning. */
  versions: readonly string[];
}

/**
 * What to ask an API server for, as it calls it: every kind that the engine reads, and those that it passes over with a warning. A cluster
 * has the pods themselves, and so what makes them is not asked for. Of ConfigMaps only MeshConfig's takes part.
 */
export const routingKinds: readonly RoutingKind[] = [
  ...kinds
    .filter(({ isInFilesOnly }) => isInFilesOnly !== true)
    .map(({ group, kind, written = kind, versions }) => ({ group, kind: written, versions })),
  ...Object.entries(notModelled).flatMap(([group, names]) =>
    names.map((kind) => ({ group, kind, versions: [] })),
  ),
];
