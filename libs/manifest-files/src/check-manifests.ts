import {
  type AnalyzeOptions,
  analyzeInSteps,
  compile,
  type Resource,
  type RouteTable,
  validate,
  type Workload,
} from '@grayscale/traffic-rules';
import { culprit, engineFailure } from './engine-failure.js';
import { fileWarning, type ManifestIssue } from './file-issue.js';
import { issueCatalogue } from './issue-catalogue.js';
import type { ManifestSet } from './manifest-reader.js';
import { identity, parseManifests } from './parse-manifests.js';
import { withoutRepeats } from './repeated-issues.js';

/** Manifests that were looked at as a whole. */
export interface CheckedManifests {
  resources: Resource[];
  /** Of the files, of their documents, and of what the sound ones do together. */
  issues: ManifestIssue[];
  /** What the resources come to; undefined when they cannot be put in force. */
  table: RouteTable | undefined;
}

export interface CompiledManifests extends CheckedManifests {
  /** Of the files and of their documents. */
  issues: ManifestIssue[];
  /** Finds in short steps what the sound documents do together; its last step returns the issues. */
  analyze(options?: AnalyzeOptions): Generator<undefined, ManifestIssue[]>;
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
  const { resources, issues, table, analyze } = compileManifests(set, workload, hash);
  const together = last(analyze(options));
  const failed = together.some(isFailure);
  return { resources, issues: [...issues, ...together], table: failed ? undefined : table };
}

/** As {@link checkManifests}, with the part that takes longest left to the caller: rules can be put in force before. */
export function compileManifests(set: ManifestSet, workload: Workload, hash = ''): CompiledManifests {
  const { resources, issues: parsing } = parseManifests(set.files);
  const known = validated(resources);
  const issues = withoutRepeats([...set.issues, ...parsing, ...known]);
  const blocking = issues.filter(isBlocking);
  if (resources.length === 0 && blocking.length === 0 && set.files.length > 0) issues.push(noResources(set));
  const sound = soundAmong(resources, blocking);
  const compileSome = (some: readonly Resource[]) => compile(some, workload, { hash });
  try {
    const compiled = compileSome(sound);
    return {
      resources,
      issues,
      table: blocking.length === 0 ? compiled : undefined,
      *analyze(options = {}) {
        try {
          const together = yield* analyzeInSteps(compiled, { known, ...options });
          return together.filter(({ code }) => !mayBeMissing(code, blocking));
        } catch (error) {
          const work = (some: readonly Resource[]) => last(analyzeInSteps(compileSome(some), options));
          return [engineFailure(culprit(sound, work), error)];
        }
      },
    };
  } catch (error) {
    const failure = engineFailure(culprit(sound, compileSome), error);
    return { resources, issues: [...issues, failure], table: undefined, analyze: nothing };
  }
}

// biome-ignore lint/correctness/useYield: there is nothing to do
function* nothing(): Generator<undefined, ManifestIssue[]> {
  return [];
}

function last<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function isFailure({ code }: ManifestIssue): boolean {
  return code === 'engine-failure';
}

function validated(resources: readonly Resource[]): ManifestIssue[] {
  try {
    return validate(resources);
  } catch (error) {
    return [engineFailure(culprit(resources, validate), error)];
  }
}

function noResources({ files }: ManifestSet): ManifestIssue {
  const names = files.length === 1 ? 'this file holds' : `the ${files.length} files hold`;
  return fileWarning(
    'no-resources',
    { file: files[0]?.path ?? '' },
    `${names} nothing that concerns routing, so no rule is in force. Name the files with the VirtualServices and the services they route to.`,
  );
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
