import type { ResourceBase } from './metadata.js';
import type { WorkloadEndpoint } from './service-entry.js';

/** networking.istio.io WorkloadEntry: a workload without a pod. */
export interface WorkloadEntry extends ResourceBase {
  kind: 'WorkloadEntry';
  spec: WorkloadEndpoint;
}
