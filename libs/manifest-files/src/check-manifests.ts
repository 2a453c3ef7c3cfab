import {
  type AnalyzeOptions,
  analyzeInSteps,
  type Client,
  compile,
  compileInSteps,
  type Resource,
  type RouteTable,
  type Steps,
  takeAll,
  validate,
  validateInSteps,
  type Workload,
} from '@grayscale/traffic-rules';
import { isWorkload, workloadAmong } from './client.js';
import { culprit, engineFailure } from './engine-failure.js';
import { fileWarning, type ManifestIssue } from './file-issue.js';
import { issueCatalogue } from './issue-catalogue.js';
import type { ManifestSet } from './manifest-reader.js';
import { atOtherGateways } from './other-gateways.js';
import { identity, parseManifestsInSteps } from './parse-manifests.js';
import { withoutRepeats } from './repeated-issues.js';

/** Manifests that were looked at as a whole. */
export interface CheckedManifests {
  resources: Resource[];
  /** Of the files, of their documents, and of what the sound ones do together. */
  issues: ManifestIssue[];
  /** What the resources come to; undefined when they cannot be put in force. */
  table: RouteTable | undefined;
  /** Objects of a cluster that cannot be put in force, as `VirtualService shop/front`: the table does without them, or with what stands in for them. */
  leftOut: string[];
  /** The client as the resources have it; undefined when there is no such gateway. */
  workload: Workload | undefined;
}

/** Manifests that were compiled, with their analysis still to be done. */
export interface CompiledManifests extends CheckedManifests {
  /** Of the files and of their documents. */
  issues: ManifestIssue[];
  /** Finds in short steps what the sound documents do together; its last step returns the issues. */
  analyze(options?: AnalyzeOptions & Pick<CheckOptions, 'everyGateway'>): Steps<ManifestIssue[]>;
}

/** How a set of manifests is compiled. */
export interface CompileOptions {
  /** Identifies the manifests; every decision of the table carries it. Default: empty. */
  hash?: string;
  /** What was in force before: of an object in a cluster that has become faulty, its last good state. */
  before?: readonly Resource[];
  /** Takes the hosts that the rules name as registered, where no document registers them. */
  assumeServices?: boolean;
}

/** How a set of manifests is compiled and analyzed. */
export interface CheckOptions extends AnalyzeOptions, CompileOptions {
  /** Looks also at the tables of all gateways that rules are bound to. */
  everyGateway?: boolean;
}

/** Parses, validates, compiles and analyzes what was read; all that is wrong with it comes at once. */
export function checkManifests(
  set: ManifestSet,
  client: Client,
  options: CheckOptions = {},
): CheckedManifests {
  const { analyze, ...compiled } = compileManifests(set, client, options);
  const together = takeAll(analyze(options));
  const issues = [...compiled.issues, ...together];
  return { ...compiled, issues, table: together.some(isFailure) ? undefined : compiled.table };
}

/**
 * As {@link checkManifests}, with the part that takes longest left to the caller: rules can be put in force before. A file with an error
 * keeps all of them from that; an object of a cluster, which belongs to somebody else as a rule, only itself.
 */
export function compileManifests(
  set: ManifestSet,
  client: Client,
  options: CompileOptions = {},
): CompiledManifests {
  return takeAll(compileManifestsInSteps(set, client, options));
}

/** As {@link compileManifests}, in steps. */
export function* compileManifestsInSteps(
  set: ManifestSet,
  client: Client,
  { hash = '', before = [], assumeServices = false }: CompileOptions = {},
): Steps<CompiledManifests> {
  const { resources: read, issues: parsing } = yield* parseManifestsInSteps(set.files);
  const known = yield* validated(read);
  const issues = withoutRepeats([...set.issues, ...parsing, ...known]);
  const blocking = issues.filter(isBlocking);
  if (read.length === 0 && blocking.length === 0 && set.files.length > 0) issues.push(noResources(set));
  const leftOut = [...new Set(blocking.filter(isOfObject).map(({ resource }) => resource))];
  const resources = withStandIns(read, before, leftOut);
  const sound = soundAmong(resources, blocking, before);
  const workload = workloadAmong(resources, client, set.files[0]?.path ?? '');
  if (!isWorkload(workload))
    return {
      ...{ resources, leftOut, analyze: nothing },
      ...{ issues: [...issues, workload], table: undefined, workload: undefined },
    };
  const compileSome = (some: readonly Resource[]) => compile(some, workload, { hash, assumeServices });
  try {
    const compiled = yield* compileInSteps(sound, workload, { hash, assumeServices });
    return {
      resources,
      issues,
      table: blocking.every(isOfObject) ? compiled : undefined,
      leftOut,
      workload,
      analyze: analysisOf({ compiled, compileSome, sound, workload, known, blocking }),
    };
  } catch (error) {
    const failure = engineFailure(culprit(sound, compileSome), error);
    return { resources, issues: [...issues, failure], table: undefined, leftOut, workload, analyze: nothing };
  }
}

interface Compiled {
  compiled: RouteTable;
  /** Compiles some of the sound resources, to find the one that a failure of the engine is about. */
  compileSome: (some: readonly Resource[]) => RouteTable;
  sound: readonly Resource[];
  workload: Workload;
  known: readonly ManifestIssue[];
  blocking: readonly ManifestIssue[];
}

function analysisOf({
  compiled,
  compileSome,
  sound,
  workload,
  known,
  blocking,
}: Compiled): CompiledManifests['analyze'] {
  return function* ({ everyGateway = false, ...options } = {}) {
    try {
      const together: ManifestIssue[] = yield* analyzeInSteps(compiled, { known, ...options });
      if (everyGateway)
        together.push(...(yield* atOtherGateways(sound, workload, { known: [...known, ...together] })));
      return together.filter(({ code }) => !mayBeMissing(code, blocking));
    } catch (error) {
      const work = (some: readonly Resource[]) => takeAll(analyzeInSteps(compileSome(some), options));
      return [engineFailure(culprit(sound, work), error)];
    }
  };
}

// biome-ignore lint/correctness/useYield: there is nothing to do
function* nothing(): Steps<ManifestIssue[]> {
  return [];
}

function isFailure({ code }: ManifestIssue): boolean {
  return code === 'engine-failure';
}

function* validated(resources: readonly Resource[]): Steps<ManifestIssue[]> {
  try {
    return yield* validateInSteps(resources);
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

/** Whether it is about an object of a cluster, not about a file. */
function isOfObject({ field }: ManifestIssue): boolean {
  return field !== undefined;
}

/** What was in force in the place of what cannot be. */
function withStandIns(
  read: readonly Resource[],
  before: readonly Resource[],
  leftOut: readonly string[],
): Resource[] {
  const names = new Set(leftOut);
  if (names.size === 0) return [...read];
  const standIns = before.filter((resource) => names.has(identity(resource)));
  const replaced = new Set(standIns.map(identity));
  return [...read.filter((resource) => !replaced.has(identity(resource))), ...standIns];
}

function soundAmong(
  resources: readonly Resource[],
  blocking: readonly ManifestIssue[],
  before: readonly Resource[],
): readonly Resource[] {
  const unsound = new Set(blocking.map(({ resource }) => resource));
  const isStandIn = new Set(before);
  return resources.filter((resource) => isStandIn.has(resource) || !unsound.has(identity(resource)));
}

/** Whether a document that cannot be used may be the very one that an issue finds missing. */
function mayBeMissing(code: ManifestIssue['code'], blocking: readonly ManifestIssue[]): boolean {
  const { missing = [] } = issueCatalogue[code];
  return blocking.some(({ resource }) => {
    const [kind = ''] = resource.split(' ');
    return missing.length > 0 && (kind === '' || missing.includes(kind));
  });
}
