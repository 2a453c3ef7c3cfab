import { fieldManager, type KubernetesObject } from '@grayscale/cluster-client';

/** Who wrote an object's spec last, other than grayscale, in words; undefined where nobody is known to have. */
export function lastWriter({ metadata: { managedFields = [] } }: KubernetesObject): string | undefined {
  const writers = managedFields.filter(
    ({ manager, subresource, fieldsV1 = {} }) =>
      manager !== fieldManager && !subresource && Object.hasOwn(fieldsV1, 'f:spec'),
  );
  // RFC 3339 in UTC and whole seconds sorts as text.
  const last = writers.sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1)).at(-1);
  if (last === undefined) return undefined;
  const { manager = 'an unknown program', operation = '', time } = last;
  const when = [operation, time].filter(Boolean).join(', ');
  return `${manager}${when === '' ? '' : ` (${when})`}; ${remedy(manager)}`;
}

function remedy(manager: string): string {
  if (/^argocd/.test(manager))
    return 'let Argo CD leave the weights alone (ignoreDifferences on .spec.http[].route[].weight, with RespectIgnoreDifferences), or release in the files that it applies';
  if (/^(kustomize|helm)-controller/.test(manager))
    return 'suspend Flux for this object while the release runs, or release in the files that it applies';
  return 'it must leave the weights alone until the release has ended, or the release is to be made in the files that it applies';
}
