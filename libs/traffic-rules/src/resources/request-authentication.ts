import type { ResourceBase } from './metadata.js';

/** security.istio.io RequestAuthentication: which workloads read tokens; what they ask of one is not modelled. */
export interface RequestAuthentication extends ResourceBase {
  kind: 'RequestAuthentication';
  /** Labels of the workloads; empty: all of its namespace, or of the mesh in the root namespace. */
  selector: Readonly<Record<string, string>>;
}
