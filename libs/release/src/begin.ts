import type { Note } from './action.js';
import { noEvidence } from './decide/absorb.js';
import { canaryShare, weightsOf } from './decide/content.js';
import type { Plan, Target } from './plan/plan.js';
import { targetName } from './plan/target-object.js';
import { conditionConflict, generatedRules } from './rules/generated-rules.js';
import { armText, findSplit, generatedPrefix, ruleFingerprint, ruleText } from './split/find-split.js';
import { newProgress, type ReleaseState, type TargetState } from './state.js';
import type { ReadTarget, View } from './view.js';
import { shareOf, splitWeights } from './weights/split-weights.js';
import { percentText } from './words/figures.js';

/** What came of starting a run. */
export type Begun =
  | { kind: 'begun'; state: ReleaseState; notes: Note[] }
  /** Nothing has been written. One message for each thing that is wrong. */
  | { kind: 'refused'; messages: string[] };

/**
 * Starts a run: finds the rule of each target, checks that every step can be written, and remembers what stands there.
 * @param previous of the run before; the new one goes on counting from it.
 */
export function begin(plan: Plan, view: View, now: number, previous?: ReleaseState): Begun {
  const messages: string[] = [];
  const targets = plan.targets.flatMap((target, index) => {
    const found = beginTarget(plan, target, view.targets[index]);
    if ('messages' in found) messages.push(...found.messages);
    return 'messages' in found ? [] : [found];
  });
  if (messages.length > 0) return { kind: 'refused', messages };
  const share = Math.min(...targets.map((target) => canaryShare(target.start, target)));
  const state: ReleaseState = {
    ...newRun(plan, share, now),
    version: 1,
    run: (previous?.run ?? 0) + 1,
    seq: previous?.seq ?? 0,
    now,
    targets,
    evidence: { ...noEvidence, canarySeen: now },
  };
  return { kind: 'begun', state, notes: skippedNotes(state.step, share) };
}

/** What a run begins with. @param share of the canary, as the targets have it now */
export function newRun(plan: Plan, share: number, now: number) {
  const step = firstStep(plan, share);
  return {
    phase: 'progressing',
    startedAt: now,
    step,
    first: step,
    percent: plan.steps[step]?.percent ?? share,
    goal: { kind: 'share' },
    progress: newProgress(share),
    passed: [],
    restored: false,
    refused: {},
  } satisfies Partial<ReleaseState>;
}

/** Steps at or below what is written already are skipped, unless the plan says from where to start; the last one never is. */
export function firstStep({ steps, from }: Plan, share: number): number {
  const above = steps.findIndex(({ percent }) => (from === undefined ? percent > share : percent >= from));
  return above === -1 ? Math.max(steps.length - 1, 0) : above;
}

function skippedNotes(step: number, share: number): Note[] {
  if (step === 0) return [];
  return [
    {
      kind: 'warning',
      message: `${step} ${step === 1 ? 'step' : 'steps'} skipped: the canary has ${percentText(share)} already`,
    },
  ];
}

function beginTarget(
  plan: Plan,
  target: Target,
  view: View['targets'][number] | undefined,
): TargetState | { messages: string[] } {
  if (view?.kind !== 'read')
    return {
      messages: [`${targetName(target)} cannot be read: ${view?.reason ?? 'it was not asked for'}`],
    };
  const split = findSplit(view.rules, target, plan);
  if (split.kind === 'missing') return { messages: [split.message] };
  const weights = weightsOf(split.rule);
  const [stable, canary] = [weights[split.stable], weights[split.canary]];
  if (stable === undefined || canary === undefined) return { messages: ['the rule has no such destination'] };
  const armOf = ({ weight: _, ...arm }: (typeof weights)[number]) => arm;
  const messages = refusals(plan, view, split);
  if (messages.length > 0)
    return { messages: messages.map((message) => `${targetName(target)}: ${message}`) };
  const start = { weights, generated: [] };
  return {
    rule: {
      ...(split.rule.name === undefined ? {} : { name: split.rule.name }),
      fingerprint: ruleFingerprint(split.rule),
    },
    stable: armOf(stable),
    canary: armOf(canary),
    start,
    written: start,
    identity: {
      ...(view.stable.identity === undefined ? {} : { stable: view.stable.identity }),
      ...(view.canary.identity === undefined ? {} : { canary: view.canary.identity }),
    },
  };
}

function refusals(
  plan: Plan,
  view: ReadTarget,
  split: { rule: ReadTarget['rules'][number]; stable: number; canary: number },
): string[] {
  const { rule, stable, canary } = split;
  const taken = view.rules.find(({ name }) => name?.startsWith(generatedPrefix(plan)) === true);
  const twins = view.rules.filter((other) => sameReference(other, rule));
  const texts = rule.destinations.map(armText);
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  const conflict = conditionConflict(generatedRules(plan, plan.steps[0]?.percent ?? 0), rule);
  return [
    ...(taken === undefined
      ? []
      : [
          `a rule is named "${taken.name ?? ''}" already; grayscale writes rules of that name itself, so rename or remove it`,
        ]),
    ...(twins.length < 2
      ? []
      : [`${twins.map(ruleText).join(' and ')} cannot be told apart; give the rule a name of its own`]),
    ...(repeated === undefined
      ? []
      : [`${ruleText(rule)} lists ${repeated} twice; add the two weights up in one destination`]),
    ...(conflict === undefined ? [] : [`${ruleText(rule)}: ${conflict}`]),
    ...weightRefusals(
      plan,
      rule.destinations.map(({ weight }) => weight),
      stable,
      canary,
    ).map((message) => `${ruleText(rule)} ${message}`),
  ];
}

function sameReference(a: ReadTarget['rules'][number], b: ReadTarget['rules'][number]): boolean {
  if (a.name !== undefined || b.name !== undefined) return a.name === b.name;
  return ruleFingerprint(a) === ruleFingerprint(b);
}

/** Why a plan's steps cannot be written, from the weights of the start; each message follows the name of the rule. */
export function weightRefusals(
  plan: Pick<Plan, 'steps' | 'abort'>,
  weights: readonly number[],
  stable: number,
  canary: number,
): string[] {
  const wrong = weights.find((weight) => !Number.isInteger(weight) || weight < 0);
  if (wrong !== undefined) return [`has the weight ${wrong}; a weight is a whole number from 0`];
  if (weights.every((weight) => weight === 0))
    return ['has only weights of 0, so that it sends to nobody; give stable a weight'];
  const wanted = plan.steps.map(({ percent }) => percent);
  if (plan.abort.to !== undefined && plan.abort.to < shareOf(weights, canary)) wanted.push(plan.abort.to);
  return wanted.flatMap((percent) => {
    const split = splitWeights(weights, canary, percent, stable);
    if (split.kind === 'weights') return [];
    return [
      `has no weights up to 1,000,000 that give ${percent} % exactly while the others keep their shares; the nearest that do is ${split.nearest} %`,
    ];
  });
}
