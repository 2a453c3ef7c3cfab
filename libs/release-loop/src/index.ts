export { type DriveOptions, drive } from './drive.js';
export { CommandBox } from './files/command-box.js';
export { FileStore, type FileStoreOptions } from './files/file-store.js';
export { readJournal } from './files/journal.js';
export { PlanLock } from './files/plan-lock.js';
export { type PlanPaths, planPaths } from './files/plan-paths.js';
export { type Preview, type PreviewedStep, preview } from './files/preview.js';
export { RunMarker } from './files/run-marker.js';
export { type Steered, steer } from './files/steer.js';
export { StoreError } from './files/store-error.js';
export {
  type Carried,
  type OpenedLoop,
  ReleaseLoop,
  type ReleaseLoopOptions,
  type Tick,
} from './release-loop.js';
