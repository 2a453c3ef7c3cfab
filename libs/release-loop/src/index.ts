export { commandId } from './command-id.js';
export { type DriveOptions, drive } from './drive.js';
export { FileRelease } from './files/file-release.js';
export { FileStore, type FileStoreOptions } from './files/file-store.js';
export { readJournal } from './files/journal.js';
export { JournalFollower, type JournalNews } from './files/journal-follower.js';
export { PlanLock } from './files/plan-lock.js';
export { type PlanPaths, planPaths } from './files/plan-paths.js';
export { PlanText } from './files/plan-text.js';
export { isRunning, ownIdentity, type ProcessIdentity } from './files/process-identity.js';
export { RunMarker } from './files/run-marker.js';
export { StoreError } from './files/store-error.js';
export {
  type Driver,
  type KeptRelease,
  lastState,
  type Preview,
  type PreviewedEdit,
  type PreviewedStep,
  type Standing,
} from './kept-release.js';
export { planInForce } from './plan-in-force.js';
export { previewOf, type TriedWrite } from './preview.js';
export {
  type Carried,
  type OpenedLoop,
  ReleaseLoop,
  type ReleaseLoopOptions,
  type Tick,
} from './release-loop.js';
export { otherWay } from './rules/other-ways.js';
export { isRuleOwner, type RuleOwner, ruleOwner, ruleViews } from './rules/rule-views.js';
export { type TargetEdits, targetEdits } from './rules/target-edits.js';
export { type Steered, steer } from './steer.js';
