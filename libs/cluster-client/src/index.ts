export { ApiClient, type ApiClientOptions, type ApiRequest } from './api-client.js';
export { type ClusterAccess, type Credentials, findCluster } from './cluster-access.js';
export { ApiError, ApiUnreachableError, ClusterConfigError, type RequestSubject } from './errors.js';
export { kinds } from './kinds.js';
export type { ClusterOptions } from './kube-config.js';
export { type Acquired, Lease, type LeaseOptions } from './lease.js';
export { readLiveRules } from './live-rules/read-live-rules.js';
export {
  type LiveRules,
  type LiveRulesListener,
  type LiveRulesOptions,
  watchLiveRules,
} from './live-rules/watch-live-rules.js';
export {
  fieldManager,
  type KubernetesObject,
  type ManagedFields,
  type ObjectList,
  type ObjectMetadata,
  type ObjectSelector,
  type PatchOperation,
  type ResourceKind,
  Resources,
  type WriteOptions,
} from './resources.js';
export { type WatchEvent, type WatchOptions, watch } from './watch.js';
