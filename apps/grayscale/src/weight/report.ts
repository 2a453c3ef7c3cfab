import type { Paint } from '@grayscale/command-line';
import { planApiVersion, type TargetField, targetFields, targetKinds } from '@grayscale/release';
import { locationOf, placeText } from '@grayscale/traffic-rules';
import { percentOf, shareText, totalOf } from './shares.js';
import { destinationText, ruleText, type Split } from './split.js';

/** A split, and the weights that it is to get. */
export interface WeightChange {
  split: Split;
  weights: readonly number[];
}

/** Splits for a person: where each stands, and what its destinations get. */
export function splitsText(splits: readonly Split[], paint: Paint): string {
  if (splits.length === 0) return 'No rule has two or more destinations.\n';
  const blocks = splits.map((split) => {
    const weights = weightsOf(split);
    const rows = split.destinations.map((destination, index) => [
      destinationText(destination),
      weightText(weights[index]),
      shareText(weights[index] ?? 0, totalOf(weights)),
    ]);
    return [heading(split, paint), ...table(rows)].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}

/** A change for a person: old and new weights and shares, and whom they concern. */
export function changeText(
  { split, weights }: WeightChange,
  affected: readonly string[],
  paint: Paint,
): string {
  const before = weightsOf(split);
  const rows = split.destinations.map((destination, index) => {
    const [from = 0, to = 0] = [before[index], weights[index]];
    if (from === to && totalOf(before) === totalOf(weights))
      return [destinationText(destination), weightText(from), shareText(from, totalOf(before))];
    const shares = [shareText(from, totalOf(before)), shareText(to, totalOf(weights))];
    return [destinationText(destination), `${weightText(from)} -> ${to}`, paint('bold', shares.join(' -> '))];
  });
  const lines = [heading(split, paint), ...table(rows), ...affected.map((line) => `  ${line}`)];
  return lines.map((line) => `${line}\n`).join('');
}

/** The one schema of what is printed as JSON. */
export function splitsJson(splits: readonly Split[]): string {
  return json({
    apiVersion: planApiVersion,
    kind: 'SplitList',
    items: splits.map((split) => splitItem(split)),
  });
}

export function changeJson(
  { split, weights }: WeightChange,
  { affected, written }: { affected: readonly string[]; written: boolean },
): string {
  return json({
    apiVersion: planApiVersion,
    kind: 'WeightChange',
    ...splitItem(split),
    changed: !sameWeights(weightsOf(split), weights),
    written,
    after: shares(split, weights),
    affected,
  });
}

export function weightsOf({ destinations }: Split): number[] {
  return destinations.map(({ weight }) => weight);
}

export function sameWeights(one: readonly number[], other: readonly number[]): boolean {
  return one.every((weight, index) => weight === other[index]);
}

function splitItem(split: Split): object {
  const { kind, namespace, name } = split.document.identity;
  return {
    [fieldOf(kind)]: { namespace, name },
    rule: { index: split.rule, ...(split.ruleName !== undefined && { name: split.ruleName }) },
    place: locationOf(split.place),
    destinations: shares(split, weightsOf(split)),
  };
}

/** As in the target of a plan. */
function fieldOf(kind: string): TargetField {
  return targetFields.find((field) => targetKinds[field].kind === kind) ?? 'virtualService';
}

/** A weight that is not a number is null, as is a share that cannot be told. */
function shares({ destinations }: Split, weights: readonly number[]): object[] {
  const total = totalOf(weights);
  return destinations.map(({ weight: _, ...destination }, index) => ({
    ...destination,
    weight: weights[index],
    percent: percentOf(weights[index] ?? 0, total) ?? null,
    share: Number.isSafeInteger(total) ? `${weights[index]}/${total}` : null,
  }));
}

function heading(split: Split, paint: Paint): string {
  return `${paint('bold', ruleText(split))}  ${paint('dim', `${placeText(split.place)}`)}`;
}

function weightText(weight: number | undefined): string {
  return weight === undefined || Number.isNaN(weight) ? 'not a number' : String(weight);
}

/** Rows with their columns below each other. */
function table(rows: readonly string[][]): string[] {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map(
    ([name = '', weight = '', share = '']) =>
      `  ${name.padEnd(widths[0] ?? 0)}  ${weight.padStart(widths[1] ?? 0)}  ${share}`,
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
