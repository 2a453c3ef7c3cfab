import type { RuleLayout } from './rule-layout.js';

/** A JSON object as it stands in a manifest, in Istio's spelling. */
export type JsonObject = Record<string, unknown>;

/** A change of a VirtualService's `spec.http`, or of a route's `spec.rules`. Indexes count the rules as they were before any change. */
export type RuleEdit =
  /** Sets weights of a rule's destinations, in their order; undefined leaves one alone. */
  | { kind: 'set-weights'; rule: number; weights: readonly (number | undefined)[] }
  /** Inserts a whole rule directly above another one. */
  | { kind: 'insert-rule'; before: number; value: JsonObject }
  /** Gives a rule another content. Where only single values differ, only they change. */
  | { kind: 'replace-rule'; rule: number; value: JsonObject }
  | { kind: 'remove-rule'; rule: number };

/** The rules as they have to read afterwards. */
export function editedRules(
  rules: readonly unknown[],
  edits: readonly RuleEdit[],
  layout: Pick<RuleLayout, 'destinations'> = { destinations: 'route' },
): unknown[] {
  const inserted = (before: number) =>
    edits.flatMap((edit) => (edit.kind === 'insert-rule' && edit.before === before ? [edit.value] : []));
  return rules.flatMap((rule, index) => [...inserted(index), ...editedRule(rule, index, edits, layout)]);
}

function editedRule(
  rule: unknown,
  index: number,
  edits: readonly RuleEdit[],
  { destinations }: Pick<RuleLayout, 'destinations'>,
): unknown[] {
  let edited = [rule];
  for (const edit of edits) {
    if (edit.kind === 'insert-rule' || edit.rule !== index) continue;
    if (edit.kind === 'remove-rule') edited = [];
    else if (edit.kind === 'replace-rule') edited = [edit.value];
    else edited = [weighted(rule as JsonObject, edit.weights, destinations)];
  }
  return edited;
}

function weighted(
  rule: JsonObject,
  weights: readonly (number | undefined)[],
  destinations: RuleLayout['destinations'],
): JsonObject {
  const changed = (rule[destinations] as JsonObject[]).map((destination, index) => {
    const weight = weights[index];
    if (weight === undefined) return destination;
    // A weight in quotes stays in quotes.
    return { ...destination, weight: typeof destination.weight === 'string' ? String(weight) : weight };
  });
  return { ...rule, [destinations]: changed };
}
