import {
  locationOf,
  parseInSteps,
  placeText,
  type Resource,
  type Steps,
  takeAll,
} from '@grayscale/traffic-rules';
import { engineFailure } from './engine-failure.js';
import { fileWarning, type ManifestIssue } from './file-issue.js';
import { applyOverrides } from './overrides.js';
import type { ManifestFile } from './reading.js';

/**
 * Parses files and puts on what the kustomizations around them change. A document given twice is replaced by the later
 * one, as `kubectl apply -f a -f b` would do it, with a warning.
 */
export function parseManifests(files: readonly ManifestFile[]): ParsedManifests {
  return takeAll(parseManifestsInSteps(files));
}

export interface ParsedManifests {
  resources: Resource[];
  issues: ManifestIssue[];
}

/** As {@link parseManifests}, an object in each step. */
export function* parseManifestsInSteps(files: readonly ManifestFile[]): Steps<ParsedManifests> {
  const resources = new Map<string, Resource>();
  const issues: ManifestIssue[] = [];
  for (const file of files) {
    const { resources: found, issues: problems } = yield* parseFile(file);
    for (const issue of problems) issues.push(issue);
    for (const resource of found) {
      const key = keyOf(resource);
      const earlier = resources.get(key);
      if (earlier !== undefined) issues.push(replaced(earlier, resource));
      resources.delete(key);
      resources.set(key, resource);
    }
  }
  return { resources: [...resources.values()], issues };
}

/** A file, or an object of a cluster, stays the same until it changes, while those around it come and go: it is parsed once. */
const parsed = new WeakMap<ManifestFile, ParsedFile>();

interface ParsedFile {
  readonly resources: readonly Resource[];
  readonly issues: readonly ManifestIssue[];
}

function* parseFile(file: ManifestFile): Steps<ParsedFile> {
  const known = parsed.get(file) ?? (yield* parseText(file));
  parsed.set(file, known);
  return known;
}

function* parseText({ path, text, kind, overrides }: ManifestFile): Steps<ParsedFile> {
  try {
    const { resources, issues, apiServerIssues } = yield* parseInSteps(text, path, kind);
    return {
      resources: resources.map((resource) => applyOverrides(resource, overrides)),
      issues: issues.concat(apiServerIssues),
    };
  } catch (error) {
    return {
      resources: [],
      issues: [engineFailure({ file: path, ...(kind === 'object' && { field: '' }) }, error)],
    };
  }
}

/** As an issue's `resource`: `VirtualService hello-page/rules`. */
export function identity({ kind, metadata }: Resource): string {
  return kind === 'Namespace' ? `${kind} ${metadata.name}` : `${kind} ${metadata.namespace}/${metadata.name}`;
}

/** Two groups have a kind called Gateway. */
function keyOf(resource: Resource): string {
  return resource.kind === 'Gateway' ? `${resource.group} ${identity(resource)}` : identity(resource);
}

function replaced({ source }: Resource, later: Resource): ManifestIssue {
  const message = `It is given again in ${placeText(later.source)}, which replaces this one.`;
  return {
    ...fileWarning('document-replaced', locationOf(source), message),
    resource: identity(later),
  };
}
