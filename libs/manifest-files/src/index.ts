export { placeText } from '@grayscale/traffic-rules';
export {
  type CheckedManifests,
  type CheckOptions,
  checkManifests,
  compileManifests,
  compileManifestsInSteps,
  isBlocking,
} from './check-manifests.js';
export { type FoundDocument, findDocument } from './document/find-document.js';
export { type Edited, ManifestDocument, type ObjectIdentity } from './document/manifest-document.js';
export { replaceFile } from './document/replace-file.js';
export { editedRules, type JsonObject, type RuleEdit } from './document/rule-edit.js';
export { type RuleLayout, ruleLayout, rulesIn } from './document/rule-layout.js';
export { emptiedFiles } from './emptied-files.js';
export { engineFailure } from './engine-failure.js';
export { type FileIssueCode, fileError, fileWarning, type ManifestIssue } from './file-issue.js';
export { explainIssueCode, issueCatalogue, renderIssueCatalogue } from './issue-catalogue.js';
export { issueLine, issueLines } from './issue-lines.js';
export { type ManifestSet, type ReadOptions, readManifests } from './manifest-reader.js';
export { type ClusterObject, objectFile } from './object-file.js';
export type { Overrides } from './overrides.js';
export { parseManifests } from './parse-manifests.js';
export { type ManifestFile, standardInput } from './reading.js';
export { type ManifestWatch, type WatchOptions, watchManifests } from './watch/manifest-watch.js';
