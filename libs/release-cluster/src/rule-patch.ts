import type { PatchOperation } from '@grayscale/cluster-client';
import type { JsonObject, RuleEdit, RuleLayout } from '@grayscale/manifest-files';
import { layoutOf, type RuleObject, writtenRules } from './rule-objects.js';

/** Edits of an object's rules, as operations on that object as it was read; a rule whose destinations are not where they were is not written to. */
export function rulePatch(object: RuleObject, edits: readonly RuleEdit[]): PatchOperation[] {
  const layout = layoutOf(object);
  const list = `/${layout.rules.join('/')}`;
  return [
    ...edits.flatMap((edit) =>
      edit.kind === 'set-weights' ? weightOperations(writtenRules(object), layout, edit) : [],
    ),
    ...edits.flatMap((edit): PatchOperation[] =>
      edit.kind === 'replace-rule'
        ? [{ op: 'replace', path: `${list}/${edit.rule}`, value: edit.value }]
        : [],
    ),
    ...listOperations(list, edits),
  ];
}

function weightOperations(
  rules: readonly JsonObject[],
  { rules: list, destinations }: RuleLayout,
  { rule, weights }: Extract<RuleEdit, { kind: 'set-weights' }>,
): PatchOperation[] {
  const written = (rules[rule]?.[destinations] ?? []) as JsonObject[];
  const path = (...steps: (string | number)[]) => `/${[...list, rule, destinations, ...steps].join('/')}`;
  return [
    ...written.map(
      (destination, index): PatchOperation =>
        destinations === 'route'
          ? { op: 'test', path: path(index, 'destination'), value: destination.destination }
          : // A backend has its name beside its weight, so that both are as they were, or neither.
            { op: 'test', path: path(index), value: destination },
    ),
    ...weights.flatMap((value, index) =>
      value === undefined ? [] : [{ op: 'add' as const, path: path(index, 'weight'), value }],
    ),
  ];
}

/** From the end of the list to its beginning, so that every index is still the one that it was. */
function listOperations(list: string, edits: readonly RuleEdit[]): PatchOperation[] {
  const placed = edits.flatMap((edit, order): { at: number; order: number; operation: PatchOperation }[] => {
    if (edit.kind === 'insert-rule')
      return [
        {
          at: edit.before,
          order,
          operation: { op: 'add', path: `${list}/${edit.before}`, value: edit.value },
        },
      ];
    if (edit.kind === 'remove-rule')
      return [
        {
          at: edit.rule,
          order: Number.POSITIVE_INFINITY,
          operation: { op: 'remove', path: `${list}/${edit.rule}` },
        },
      ];
    return [];
  });
  // Where a rule is removed, before anything stands in its place; of several above the same rule the last one first, for each pushes the others down.
  return placed.sort((a, b) => b.at - a.at || b.order - a.order).map(({ operation }) => operation);
}
