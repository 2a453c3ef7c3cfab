export { type CheckedManifests, type CheckOptions, checkManifests } from './check-manifests.js';
export { type FileIssueCode, fileIssueCodes, type ManifestIssue } from './file-issue.js';
export { issueLine, issueLines } from './issue-lines.js';
export { type ManifestSet, type ReadOptions, readManifests } from './manifest-reader.js';
export type { Overrides } from './overrides.js';
export { parseManifests } from './parse-manifests.js';
export { type ManifestFile, standardInput } from './reading.js';
export { type ManifestWatch, type WatchOptions, watchManifests } from './watch/manifest-watch.js';
