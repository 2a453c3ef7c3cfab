import { fieldManager } from '@grayscale/cluster-client';
import { layoutOf, type RuleObject } from './rule-objects.js';

/** Who wrote an object's rules last, other than grayscale, in words; undefined where nobody is known to have. */
export function lastWriter(object: RuleObject): string | undefined {
  const { managedFields = [] } = object.metadata;
  const { rules, destinations } = layoutOf(object);
  const list = String(rules.at(-1));
  const others = managedFields.filter(({ manager, subresource }) => manager !== fieldManager && !subresource);
  // The list of rules is one field: whoever writes it takes it from all others.
  const [last] = others
    .filter(({ fieldsV1 = {} }) => Object.hasOwn((fieldsV1['f:spec'] ?? {}) as object, `f:${list}`))
    // RFC 3339 in UTC and whole seconds sorts as text.
    .sort((a, b) => ((a.time ?? '') < (b.time ?? '') ? 1 : -1));
  if (last === undefined) return undefined;
  const { manager = 'an unknown program', operation = '', time } = last;
  const when = [operation, time].filter(Boolean).join(', ');
  return `${manager}${when === '' ? '' : ` (${when})`}; ${remedy(manager, `.spec.${list}[].${destinations}[].weight`)}`;
}

/** @param weights where they are, as `.spec.http[].route[].weight` */
function remedy(manager: string, weights: string): string {
  if (/^argocd/.test(manager))
    return `let Argo CD leave the weights alone (ignoreDifferences on ${weights}, with RespectIgnoreDifferences), or release in the files that it applies`;
  if (/^(kustomize|helm)-controller/.test(manager))
    return 'suspend Flux for this object while the release runs, or release in the files that it applies';
  return 'it must leave the weights alone until the release has ended, or the release is to be made in the files that it applies';
}
