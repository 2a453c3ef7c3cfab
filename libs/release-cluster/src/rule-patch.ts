import type { PatchOperation } from '@grayscale/cluster-client';
import type { JsonObject, RuleEdit } from '@grayscale/manifest-files';
import type { VirtualServiceObject } from './virtual-services.js';

/**
 * Edits of a VirtualService's rules as a JSON patch that hits that object as it was read, or nothing: its version guards it, and a rule whose
 * destinations are not where they were is not written to. Through the version a stale write is a conflict (409), and through nothing else.
 */
export function rulePatch(object: VirtualServiceObject, edits: readonly RuleEdit[]): PatchOperation[] {
  const rules = object.spec?.http ?? [];
  return [
    { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
    ...edits.flatMap((edit) => (edit.kind === 'set-weights' ? weightOperations(rules, edit) : [])),
    ...edits.flatMap((edit): PatchOperation[] =>
      edit.kind === 'replace-rule'
        ? [{ op: 'replace', path: `/spec/http/${edit.rule}`, value: edit.value }]
        : [],
    ),
    ...listOperations(edits),
  ];
}

function weightOperations(
  rules: readonly JsonObject[],
  { rule, weights }: Extract<RuleEdit, { kind: 'set-weights' }>,
): PatchOperation[] {
  const route = (rules[rule]?.route ?? []) as JsonObject[];
  const path = (index: number, field: string) => `/spec/http/${rule}/route/${index}/${field}`;
  return [
    ...route.map(({ destination }, index) => ({
      op: 'test' as const,
      path: path(index, 'destination'),
      value: destination,
    })),
    ...weights.flatMap((value, index) =>
      value === undefined ? [] : [{ op: 'add' as const, path: path(index, 'weight'), value }],
    ),
  ];
}

/** From the end of the list to its beginning, so that every index is still the one that it was. */
function listOperations(edits: readonly RuleEdit[]): PatchOperation[] {
  const placed = edits.flatMap((edit, order): { at: number; order: number; operation: PatchOperation }[] => {
    if (edit.kind === 'insert-rule')
      return [
        {
          at: edit.before,
          order,
          operation: { op: 'add', path: `/spec/http/${edit.before}`, value: edit.value },
        },
      ];
    if (edit.kind === 'remove-rule')
      return [
        {
          at: edit.rule,
          order: Number.POSITIVE_INFINITY,
          operation: { op: 'remove', path: `/spec/http/${edit.rule}` },
        },
      ];
    return [];
  });
  // Where a rule is removed, before anything stands in its place; of several above the same rule the last one first, for each pushes the others down.
  return placed.sort((a, b) => b.at - a.at || b.order - a.order).map(({ operation }) => operation);
}
