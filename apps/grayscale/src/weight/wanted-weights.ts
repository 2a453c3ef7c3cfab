import { UsageError } from '@grayscale/command-line';
import { splitWeights } from '@grayscale/release';
import { chooseDestination } from './choose-split.js';
import { totalOf } from './shares.js';
import { ruleText, type Split } from './split.js';

const largestWeight = 2 ** 31 - 1;

/** The weights for `HOST=WEIGHT...`; destinations that are not named keep theirs. @throws UsageError */
export function weightsSetTo(split: Split, assignments: readonly string[]): number[] {
  const weights = split.destinations.map(({ weight }) => weight);
  const seen = new Map<number, string>();
  for (const assignment of assignments) {
    const [, host = '', text] = /^(.+)=(\d+)$/.exec(assignment) ?? [];
    const weight = Number(text);
    if (text === undefined || weight > largestWeight)
      throw new UsageError(
        `${assignment} is not HOST=WEIGHT; write a whole number from 0 to ${largestWeight}, for instance hello-1=90.`,
      );
    const index = chooseDestination(split, host);
    const earlier = seen.get(index);
    if (earlier !== undefined)
      throw new UsageError(`${earlier} and ${assignment} set the same destination; write one of them.`);
    seen.set(index, assignment);
    weights[index] = weight;
  }
  return checked(split, weights);
}

/** The weights for `--to HOST=PERCENT`; the others share the rest as before. @throws UsageError */
export function weightsForShare(split: Split, assignment: string): number[] {
  const [, host = '', text] = /^(.+)=(\d{1,3}(?:\.\d{1,4})?)$/.exec(assignment) ?? [];
  const percent = Number(text);
  if (text === undefined || percent > 100)
    throw new UsageError(
      `${assignment} is not HOST=PERCENT; write a number from 0 to 100 with at most four decimals, for instance hello-2=25.`,
    );
  const index = chooseDestination(split, host);
  const current = checked(
    split,
    split.destinations.map(({ weight }) => weight),
  );
  const result = splitWeights(current, index, percent, fallback(split, current, index, percent));
  if (result.kind === 'weights') return result.weights;
  throw new UsageError(
    `${percent} % cannot be written exactly: the weights would add up to more than 1,000,000. The nearest share is ${result.nearest} %.`,
  );
}

/** Who gets the rest if the others have nothing to share by. */
function fallback(split: Split, current: readonly number[], index: number, percent: number): number {
  const others = [...split.destinations.keys()].filter((other) => other !== index);
  const [first = 0, second] = others;
  if (second !== undefined && percent < 100 && others.every((other) => current[other] === 0))
    throw new UsageError(
      `the other ${others.length} destinations of ${ruleText(split)} have the weight 0, so it is not clear how they share the rest; write HOST=WEIGHT for each.`,
    );
  return first;
}

function checked(split: Split, weights: number[]): number[] {
  const wrong = weights.findIndex((weight) => !Number.isSafeInteger(weight) || weight < 0);
  if (wrong !== -1)
    throw new UsageError(
      `the weight of ${split.destinations[wrong]?.host} is not a whole number from 0; write its new weight as HOST=WEIGHT.`,
    );
  if (totalOf(weights) > largestWeight)
    throw new UsageError(
      `the weights add up to more than ${largestWeight}, which Envoy refuses; write smaller ones.`,
    );
  return weights;
}
