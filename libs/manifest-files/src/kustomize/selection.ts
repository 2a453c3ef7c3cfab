import { routingKinds as kindsOfTheEngine } from '@grayscale/traffic-rules';
import { RE2JS } from 're2js';
import { type DocumentIdentity, identifyDocuments } from './document-identity.js';

/**
 * The kinds that the engine reads. Not those whose part in routing is hardly what a patch is for: of a Namespace it is the name, which no
 * patch can change, and of pods, what makes them and RequestAuthentications the labels.
 */
const hardlyPatched = ['Namespace', 'Pod', 'RequestAuthentication'];
const routingKinds = kindsOfTheEngine
  .filter(({ kind, versions }) => versions.length > 0 && !hardlyPatched.includes(kind))
  .map(({ kind }) => kind);

/** A document about routing that a patch may change; undefined when it concerns none. */
export type Selected = { kind: string; name: string } | undefined;

/**
 * The first routing document that a patch may change.
 * @param patch one entry of `patches`, `patchesStrategicMerge` or `patchesJson6902`
 * @param body the text of the patch, from the entry itself or from the file that it names
 * @param documents texts of all documents that the patch can reach
 */
export function selectedByPatch(patch: unknown, body: string, documents: readonly string[]): Selected {
  const target = record(record(patch).target);
  if (Object.keys(target).length > 0) return firstMatch(target, documents);
  for (const { kind, name } of identifyDocuments(body)) {
    if (isRoutingKind(kind)) return { kind, name };
  }
  return undefined;
}

/** Whether an entry of `replacements` may write into a document about routing: unless all its targets name another kind. */
export function mayReplaceRouting(replacement: unknown): boolean {
  const { targets } = record(replacement);
  if (!Array.isArray(targets)) return true;
  return targets.some((target) => {
    const { kind } = record(record(target).select);
    return typeof kind !== 'string' || isRoutingKind(kind);
  });
}

function firstMatch(selector: Record<string, unknown>, documents: readonly string[]): Selected {
  const holds = (field: 'kind' | 'name', text: string) => {
    const pattern = selector[field];
    return typeof pattern !== 'string' || pattern === '' || wholeMatch(pattern, text);
  };
  // Label selectors and namespaces are not evaluated: that errs towards refusing.
  const reaches = ({ kind, name }: DocumentIdentity) =>
    isRoutingKind(kind) && holds('kind', kind) && holds('name', name);
  if (!routingKinds.some((kind) => holds('kind', kind))) return undefined;
  return documents.flatMap(identifyDocuments).find(reaches);
}

/** kustomize anchors the regular expressions of a target; they are Go's, which are RE2's and take linear time. */
function wholeMatch(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).testExact(text);
  } catch {
    return true;
  }
}

function isRoutingKind(kind: string): boolean {
  return routingKinds.includes(kind);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
