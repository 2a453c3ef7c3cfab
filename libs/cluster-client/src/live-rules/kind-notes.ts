import { fileWarning, type ManifestIssue } from '@grayscale/manifest-files';
import type { ApiError } from '../errors.js';
import type { ResourceKind } from '../resources.js';

/** Without these no answer would be worth anything. */
const necessary: readonly string[] = ['VirtualService', 'DestinationRule', 'ServiceEntry', 'Service'];

/** Whether the rules can be told without the objects of a kind. */
export function isDispensable({ kind }: ResourceKind): boolean {
  return !necessary.includes(kind);
}

/** What the answer goes without, and how that is mended. */
export function notReadable({ kind }: ResourceKind, { message }: ApiError, context: string): ManifestIssue {
  const text = `${message}. Until then the rules are told without any ${kind}.`;
  return fileWarning('cluster-kind-not-readable', placeOf(context), text);
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
