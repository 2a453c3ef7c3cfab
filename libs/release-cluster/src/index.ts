export { ClusterRelease, type ClusterReleaseOptions } from './cluster-release.js';
export { ClusterStore, type ClusterStoreOptions } from './cluster-store.js';
export { processIdentity } from './driver-identity.js';
export { isConflict, RecordError, TakenOverError } from './errors.js';
export { type FoundRelease, findRelease, listReleases } from './find-release.js';
export {
  type GrayRelease,
  isUnderWay,
  keyOf,
  planOf,
  recordOf,
  stateOf,
  targetsHash,
} from './gray-release.js';
export { objectYaml } from './object-yaml.js';
export { type Owner, ownerAnnotation, ownerIn } from './owner.js';
export { packed } from './record/packed-content.js';
export type { RecordContent } from './record/record-content.js';
export {
  ConfigMapRecord,
  GrayReleaseRecord,
  grayReleaseKind,
  type RecordObject,
} from './record/record-object.js';
export { type RecordOptions, ReleaseRecord } from './record/release-record.js';
export { type RuleObject, RuleObjects } from './rule-objects.js';
export { type SetWeights, setWeights, type WeightsOfRule } from './set-weights.js';
