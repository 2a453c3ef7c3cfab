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
import { issueCatalogue } from './issue-catalogue.js';
import type { ManifestSet } from './manifest-reader.js';
import { identity, parseManifests } from './parse-manifests.js';

/** Manifests that were looked at as a whole. */
export interface CheckedManifests {
  resources: Resource[];
  /** Of the files, of their documents, and of what the sound ones do together. */
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
  const blocking = issues.filter(isBlocking);
  const table = compile(soundAmong(resources, blocking), workload, { hash });
  const together = analyze(table, options).filter(({ code }) => !mayBeMissing(code, blocking));
  return { resources, issues: [...issues, ...together], table: blocking.length === 0 ? table : undefined };
}

/** Whether rules with this issue cannot be put in force: Envoy keeps its last good table when it refuses a new one. */
export function isBlocking({ severity, code }: ManifestIssue): boolean {
  return severity === 'error' || issueCatalogue[code].refusedBy === 'envoy';
}

function soundAmong(resources: readonly Resource[], blocking: readonly ManifestIssue[]): readonly Resource[] {
  const unsound = new Set(blocking.map(({ resource }) => resource));
  return resources.filter((resource) => !unsound.has(identity(resource)));
}

/** Whether a document that cannot be used may be the very one that an issue finds missing. */
function mayBeMissing(code: ManifestIssue['code'], blocking: readonly ManifestIssue[]): boolean {
  const { missing = [] } = issueCatalogue[code];
  return blocking.some(({ resource }) => {
    const [kind = ''] = resource.split(' ');
    return missing.length > 0 && (kind === '' || missing.includes(kind));
  });
}
