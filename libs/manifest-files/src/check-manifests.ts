import { analyze, type Resource, validate, type Workload } from '@grayscale/traffic-rules';
import type { ManifestIssue } from './file-issue.js';
import type { ManifestSet } from './manifest-reader.js';
import { parseManifests } from './parse-manifests.js';

/** Manifests that were looked at as a whole. */
export interface CheckedManifests {
  resources: Resource[];
  /** Of the files, of their documents, and, when those are sound, of what they do together. */
  issues: ManifestIssue[];
  /** Whether the resources can be compiled and put in force. */
  isSound: boolean;
}

/**
 * Parses, validates and analyzes what was read; all that is wrong with it comes at once.
 * @param forwardedHeaders what the calling service passes on; a rule on another header is then warned about
 */
export function checkManifests(
  set: ManifestSet,
  workload: Workload,
  forwardedHeaders?: readonly string[],
): CheckedManifests {
  const { resources, issues: parsing } = parseManifests(set.files);
  const issues: ManifestIssue[] = [...set.issues, ...parsing, ...validate(resources)];
  if (!issues.some(isFatal)) {
    issues.push(...analyze(resources, workload, forwardedHeaders === undefined ? {} : { forwardedHeaders }));
  }
  return { resources, issues, isSound: !issues.some(isFatal) };
}

/** Envoy keeps its last good table when it gets what `envoy-refuses-*` speaks of, so those count as errors. */
function isFatal({ severity, code }: ManifestIssue): boolean {
  return severity === 'error' || code.startsWith('envoy-refuses-');
}
