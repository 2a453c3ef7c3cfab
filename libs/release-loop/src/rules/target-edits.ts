import type { JsonObject, RuleEdit } from '@grayscale/manifest-files';
import {
  type DestinationWeight,
  findAgain,
  generatedPrefix,
  type Plan,
  type Target,
  type Write,
} from '@grayscale/release';
import { CannotGenerate } from './cannot-generate.js';
import { generatedRouteRule } from './generated-route-rule.js';
import { generatedRule } from './generated-rule.js';
import { refuseTakenRequests } from './route-order.js';
import { type RuleOwner, ruleViews } from './rule-views.js';

/** A write as changes of a VirtualService's or a route's rules. */
export type TargetEdits =
  | { kind: 'edits'; edits: RuleEdit[] }
  /** What stands there is not what the write starts from. */
  | { kind: 'changed' }
  | { kind: 'refused'; message: string };

/**
 * Works out what a write changes in the rules, wherever they are kept.
 * @param owner the object as it stands now
 * @param rules its rules as they are written
 */
export function targetEdits(
  owner: RuleOwner,
  rules: readonly JsonObject[],
  plan: Plan,
  write: Write,
): TargetEdits {
  const views = ruleViews(owner);
  const split = findAgain(views, write.rule, plan.targets[write.target] as Target);
  const weights = split === undefined ? undefined : newWeights(split.rule.destinations, write);
  if (split === undefined || weights === undefined) return { kind: 'changed' };
  const own = views.filter(({ name }) => name?.startsWith(generatedPrefix(plan)));
  const place = { index: split.rule.index, stable: split.stable, canary: split.canary, weights };
  try {
    const indexes = own.map(({ index }) => index);
    const generated = generatedRules(owner, rules, place, write, plan);
    return { kind: 'edits', edits: ruleEdits(generated, place, indexes) };
  } catch (error) {
    if (error instanceof CannotGenerate) return { kind: 'refused', message: error.message };
    throw error;
  }
}

interface SplitPlace {
  index: number;
  stable: number;
  canary: number;
  weights: readonly number[];
}

/** The rules of `users` and `sticky` as they are to be written. @throws CannotGenerate */
function generatedRules(
  owner: RuleOwner,
  rules: readonly JsonObject[],
  split: SplitPlace,
  { after: { generated } }: Write,
  plan: Plan,
): JsonObject[] {
  if (owner.kind !== 'VirtualService') refuseTakenRequests(owner, split.index, generated, plan);
  const written = rules[split.index] as JsonObject;
  const spell = owner.kind === 'VirtualService' ? generatedRule : generatedRouteRule;
  return generated.map((rule) => spell(written, rule, split[rule.to]));
}

/**
 * @param wanted rules of ours
 * @param own indexes of those that an earlier write has made
 */
function ruleEdits(wanted: readonly JsonObject[], split: SplitPlace, own: readonly number[]): RuleEdit[] {
  const kept = own.filter((index) => index < split.index);
  const edits: RuleEdit[] = [{ kind: 'set-weights', rule: split.index, weights: split.weights }];
  // Rules that stand in the right places already only change in what differs.
  if (kept.length === wanted.length && own.length === kept.length) {
    return [
      ...edits,
      ...wanted.map((value, at): RuleEdit => ({ kind: 'replace-rule', rule: kept[at] as number, value })),
    ];
  }
  return [
    ...edits,
    ...own.map((rule): RuleEdit => ({ kind: 'remove-rule', rule })),
    ...wanted.map((value): RuleEdit => ({ kind: 'insert-rule', before: split.index, value })),
  ];
}

/** The new weights in the order that the destinations have now; undefined where the weights are not those that the write starts from. */
function newWeights(now: readonly DestinationWeight[], { before, after }: Write): number[] | undefined {
  const weightOf = (weights: readonly DestinationWeight[], wanted: DestinationWeight) =>
    weights.find(
      ({ host, subset, port }) => host === wanted.host && subset === wanted.subset && port === wanted.port,
    )?.weight;
  const same =
    now.length === before.weights.length && now.every((to) => weightOf(before.weights, to) === to.weight);
  const weights = now.flatMap((to) => weightOf(after.weights, to) ?? []);
  return same && weights.length === now.length ? weights : undefined;
}
