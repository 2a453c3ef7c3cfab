import { issueLine, type JsonObject, type RuleEdit } from '@grayscale/manifest-files';
import {
  type DestinationWeight,
  findAgain,
  generatedPrefix,
  type Plan,
  type Target,
  type Write,
} from '@grayscale/release';
import { CannotGenerate, generatedRule } from './generated-rule.js';
import type { ReleaseFiles } from './release-files.js';
import { ruleViews } from './rule-views.js';

/** A write as a change of one file, or why there is none. */
export type TargetEdit =
  | { kind: 'edit'; path: string; before: string; after: string }
  /** What stands there is not what the write starts from. */
  | { kind: 'changed' }
  | { kind: 'refused'; message: string };

/** Works out what a write changes in the files. Nothing is written. */
export function targetEdit(files: ReleaseFiles, plan: Plan, write: Write): TargetEdit {
  const target = plan.targets[write.target] as Target;
  const virtualService = files.virtualService(target);
  if (virtualService === undefined) return { kind: 'changed' };
  const views = ruleViews(virtualService);
  const split = findAgain(views, write.rule, target);
  if (split === undefined) return { kind: 'changed' };
  const weights = newWeights(split.rule.destinations, write);
  if (weights === undefined) return { kind: 'changed' };
  const found = files.document(target.virtualService);
  if ('issues' in found) return refused(found.issues.map(issueLine));
  const { document } = found;
  try {
    const own = views.filter(({ name }) => name?.startsWith(generatedPrefix(plan)));
    const place = { index: split.rule.index, stable: split.stable, canary: split.canary, weights };
    const indexes = own.map(({ index }) => index);
    const edits = ruleEdits(document.rules, place, indexes, write);
    const edited = document.edit(edits);
    if ('issues' in edited) return refused(edited.issues.map(issueLine));
    return checked(files, { path: document.file.path, before: document.file.text, after: edited.text });
  } catch (error) {
    if (error instanceof CannotGenerate) return refused([error.message]);
    throw error;
  }
}

/** A file that the engine would find worse than before is not written. */
function checked(files: ReleaseFiles, edit: { path: string; before: string; after: string }): TargetEdit {
  const known = new Set(files.errors.map(({ code, path }) => `${code} ${path}`));
  const [first] = files
    .with(edit.path, edit.after)
    .errors.filter(({ code, path }) => !known.has(`${code} ${path}`));
  return first === undefined ? { kind: 'edit', ...edit } : refused([issueLine(first)]);
}

interface SplitPlace {
  index: number;
  stable: number;
  canary: number;
  weights: readonly number[];
}

/** @param own indexes of the rules that an earlier write has made */
function ruleEdits(
  rules: readonly JsonObject[],
  split: SplitPlace,
  own: readonly number[],
  { after }: Write,
): RuleEdit[] {
  const written = rules[split.index] as JsonObject;
  const wanted = after.generated.map((rule) => generatedRule(written, rule, split[rule.to]));
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

function refused(lines: readonly string[]): TargetEdit {
  return { kind: 'refused', message: lines.join('\n') };
}
