import type { Plan } from '../plan/plan.js';
import { generatedMatches, generatedRules } from '../rules/generated-rules.js';
import { findAgain, generatedPrefix, matchText, type Split } from '../split/find-split.js';
import type { ReleaseState, TargetState } from '../state.js';
import type { DestinationView, ReadTarget, RuleView } from '../view.js';
import { shareOf, splitWeights } from '../weights/split-weights.js';
import type { DestinationWeight, TargetContent } from '../write.js';

/** A target's split rule as it stands now; undefined when the rule or an arm is gone. */
export function splitNow(view: ReadTarget, target: TargetState): Split | undefined {
  return findAgain(view.rules, target.rule, target);
}

/** The weights of a rule, as content. */
export function weightsOf(rule: RuleView): DestinationWeight[] {
  return rule.destinations.map(({ host, subset, port, weight }: DestinationView) => ({
    host,
    ...(subset === undefined ? {} : { subset }),
    ...(port === undefined ? {} : { port }),
    weight,
  }));
}

/** The canary's share in a content, in percent. */
export function canaryShare({ weights }: TargetContent, target: Pick<TargetState, 'canary'>): number {
  const index = weights.findIndex((weight) => isSame(weight, target.canary));
  return shareOf(
    weights.map(({ weight }) => weight),
    index,
  );
}

/** A target's content with the canary at a share. The plan was checked at the start, so that a share that cannot be written is not met here. */
export function contentAt(plan: Plan, target: TargetState, percent: number): TargetContent {
  const { weights } = target.start;
  // What stands already needs no other numbers.
  if (canaryShare(target.written, target) === percent)
    return { weights: target.written.weights, generated: generatedRules(plan, percent) };
  const find = (arm: TargetState['stable']) => weights.findIndex((weight) => isSame(weight, arm));
  const split = splitWeights(
    weights.map(({ weight }) => weight),
    find(target.canary),
    percent,
    find(target.stable),
  );
  if (split.kind === 'refused') throw new Error(`no weights give exactly ${percent} percent`);
  return {
    weights: weights.map((weight, index) => ({ ...weight, weight: split.weights[index] ?? 0 })),
    generated: generatedRules(plan, percent),
  };
}

/** What a target is to become. */
export function wantedContent(plan: Plan, state: ReleaseState, target: TargetState): TargetContent {
  const { goal, percent } = state;
  if (goal.kind === 'share') return contentAt(plan, target, percent);
  if (goal.kind === 'start') return target.start;
  const { weights } = target.written;
  if (goal.kind === 'done') return { weights, generated: [] };
  const inForce = canaryShare(target.written, target);
  if (goal.to !== undefined)
    return goal.to < inForce
      ? { ...contentAt(plan, target, goal.to), generated: [] }
      : { weights, generated: [] };
  return canaryShare(target.start, target) <= inForce ? target.start : { weights, generated: [] };
}

/** Whether two contents of a target say the same, whatever is left out in one and empty in the other. */
export function sameContent(a: TargetContent, b: TargetContent): boolean {
  return JSON.stringify(normal(a)) === JSON.stringify(normal(b));
}

function normal({ weights, generated }: TargetContent): unknown {
  return [
    weights.map(({ host, subset, port, weight }) => [host, subset ?? null, port ?? null, weight]),
    generated.map(({ name, conditions, to, setCookie }) => [name, conditions, to, setCookie ?? null]),
  ];
}

/** In what the rules differ from a content, in words; undefined where they are the same. */
export function differenceFrom(
  content: TargetContent,
  view: ReadTarget,
  target: TargetState,
  plan: Plan,
): string | undefined {
  const split = splitNow(view, target);
  if (split === undefined)
    return `the rule that splits between ${target.stable.host} and ${target.canary.host} is gone${view.missing === undefined ? '' : `; ${view.missing}`}`;
  const seen = weightsOf(split.rule);
  if (seen.length !== content.weights.length) return 'the rule has other destinations';
  // A list in another order is the same split: what counts is each destination's weight.
  const written = content.weights.map((weight) => seen.find((other) => isSame(other, weight)));
  if (written.some((weight) => weight === undefined)) return 'the rule has other destinations';
  if (written.some((weight, index) => weight?.weight !== content.weights[index]?.weight))
    return `the weights are ${seen.map(({ weight }) => weight).join('/')}, not ${content.weights.map(({ weight }) => weight).join('/')}`;
  return generatedDifference(content, view, split, target, plan);
}

function generatedDifference(
  { generated }: TargetContent,
  view: ReadTarget,
  split: Split,
  target: TargetState,
  plan: Plan,
): string | undefined {
  const ours = view.rules.filter(({ name }) => name?.startsWith(generatedPrefix(plan)) === true);
  if (ours.length !== generated.length)
    return generated.length === 0
      ? `the rule "${ours[0]?.name ?? ''}" stands there`
      : `${ours.length} of the ${generated.length} rules that were written for the release stand there`;
  const changed = generated.find((rule, index) => {
    const [seen] = ours.slice(index);
    if (seen === undefined || seen.name !== rule.name || seen.setCookie !== rule.setCookie) return true;
    const [to, other] = seen.destinations;
    if (to === undefined || other !== undefined || !isSame(to, target[rule.to])) return true;
    const texts = (matches: RuleView['matches']) => matches.map(matchText).join();
    return texts(seen.matches) !== texts(generatedMatches(rule, split.rule));
  });
  return changed === undefined ? undefined : `the rule "${changed.name}" was changed`;
}

function isSame(
  a: Pick<DestinationWeight, 'host' | 'subset' | 'port'>,
  b: Pick<DestinationWeight, 'host' | 'subset' | 'port'>,
): boolean {
  return a.host === b.host && a.subset === b.subset && a.port === b.port;
}
