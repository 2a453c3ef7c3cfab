import { fileWarning, type ManifestIssue } from '@grayscale/manifest-files';
import { ApiError } from '../errors.js';
import type { ResourceKind } from '../resources.js';

/** Without these no answer would be worth anything. */
const necessary: readonly string[] = ['VirtualService', 'DestinationRule', 'ServiceEntry', 'Service'];

/** A kind that this user may not list. */
export interface Refusal {
  readonly kind: ResourceKind;
  readonly error: ApiError;
}

/** The refusal of a kind. @throws the error if it is none */
export function refusalOf(kind: ResourceKind, error: unknown): Refusal {
  if (error instanceof ApiError && error.status === 403) return { kind, error };
  throw error;
}

/** @throws ApiError for all that the rules cannot be told without */
export function refuseNecessary(refusals: readonly Refusal[]): void {
  const [first, ...others] = refusals
    .filter(({ kind }) => necessary.includes(kind.kind))
    .map(({ error }) => error);
  if (first !== undefined) throw ApiError.together([first, ...others]);
}

/** What the answer goes without, and how that is mended: a ClusterRole for most, a Role for what is in one namespace. */
export function notReadable(refusals: readonly Refusal[], context: string): ManifestIssue[] {
  const sorted = refusals.toSorted((a, b) => (a.kind.kind < b.kind.kind ? -1 : 1));
  const groups = Map.groupBy(sorted, ({ error }) => error.subject.namespace);
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.map(({ error }) => error);
    if (first === undefined) return [];
    const kinds = group.map(({ kind }) => kind.kind).join(', ');
    const text = `${ApiError.together([first, ...others]).message}. Until then the rules are told without any ${kinds}.`;
    return [fileWarning('cluster-kind-not-readable', placeOf(context), text)];
  });
}

/** @returns a warning where Istio's rules cannot be in the cluster at all */
export function withoutIstio(served: readonly ResourceKind[], context: string): ManifestIssue[] {
  if (served.some(({ kind }) => kind === 'VirtualService')) return [];
  const text =
    'This API server does not serve VirtualServices of networking.istio.io, so no rule of Istio is in force. Check --context, and whether Istio is installed.';
  return [fileWarning('cluster-without-istio', placeOf(context), text)];
}

function placeOf(context: string) {
  return { file: `cluster ${context}`, field: '' };
}
