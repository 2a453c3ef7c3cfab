import {
  type AnalyzeOptions,
  analyze,
  compile,
  type Resource,
  type RouteTable,
  validate,
  type Workload,
} from '@grayscale/traffic-rules';
import type { ManifestIssue } from './file-issue.js';
import type { ManifestSet } from './manifest-reader.js';
import { parseManifests } from './parse-manifests.js';

/** Manifests that were looked at as a whole. */
export interface CheckedManifests {
  resources: Resource[];
  /** Of the files, of their documents, and, when those are sound, of what they do together. */
  issues: ManifestIssue[];
  /** What the resources come to; undefined when they cannot be put in force. */
  table: RouteTable | undefined;
}

export interface CheckOptions extends AnalyzeOptions {
  /** Identifies the manifests; every decision of the table carries it. Default: empty. */
  hash?: string;
}

/** Parses, validates, compiles and analyzes what was read; all that is wrong with it comes at once. */
export function checkManifests(
  set: ManifestSet,
  workload: Workload,
  { hash = '', ...options }: CheckOptions = {},
): CheckedManifests {
  const { resources, issues: parsing } = parseManifests(set.files);
  const issues: ManifestIssue[] = [...set.issues, ...parsing, ...validate(resources)];
  if (issues.some(isFatal)) return { resources, issues, table: undefined };
  const table = compile(resources, workload, { hash });
  return { resources, issues: [...issues, ...analyze(table, options)], table };
}

/** Envoy keeps its last good table when it gets what `envoy-refuses-*` speaks of, so those count as errors. */
function isFatal({ severity, code }: ManifestIssue): boolean {
  return severity === 'error' || code.startsWith('envoy-refuses-');
}
