import type { Workload } from '../workload.js';
import type { MeshOptions } from './mesh-options.js';
import type { SidecarScope } from './sidecar/sidecar-scope.js';

/** Whose rules are looked at, and through what they see the mesh. */
export interface RulesView {
  workload: Workload;
  /** Those that its requests come through, `mesh` for a sidecar. */
  gateways: ReadonlySet<string>;
  scope: SidecarScope;
  options: MeshOptions;
}
