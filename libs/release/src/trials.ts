import type { ArmCounts, CountedArm, CountQuestion, Look } from './look.js';
import type { Arm, Plan, RateGuard } from './plan/plan.js';
import type { ReleaseState, TargetState } from './state.js';
import type { Exposure } from './statistics/harm.js';
import { nothing, plus, type Tally } from './statistics/tally.js';
import type { TrialRule } from './statistics/trial.js';

/** One guard on one pair of arms. */
export interface TrialSpec extends TrialRule {
  key: string;
  guard: string;
  outcome: RateGuard['outcome'] | { kind: 'gave-up' };
  pair: ArmPair;
}

/** Two arms whose evidence is counted once, however many targets have them. */
export interface ArmPair {
  key: string;
  stable: string;
  canary: string;
}

/** A destination as a key of counts. Without the port: Istio counts by service. */
export function armKey({ host, subset }: Arm): string {
  return subset === undefined ? host : `${host}|${subset}`;
}

export function pairOf({ stable, canary }: Pick<TargetState, 'stable' | 'canary'>): ArmPair {
  const keys = { stable: armKey(stable), canary: armKey(canary) };
  return { key: `${keys.stable} -> ${keys.canary}`, ...keys };
}

/** The pairs of arms that are compared; targets with the same arms share one. */
export function pairsOf(targets: readonly TargetState[]): ArmPair[] {
  return [...new Map(targets.map(pairOf).map((pair) => [pair.key, pair])).values()];
}

/** The requests that callers gave up are a test of their own, of those who guard failures; it allows this ratio where the guards name none. */
const usualRatio = 1.5;

/** Everything that is tested in a run. A counter of one's own belongs to no pair: it is tested once. */
export function trialsOf(plan: Plan, state: Pick<ReleaseState, 'targets' | 'evidence'>): TrialSpec[] {
  const pairs = pairsOf(state.targets);
  return rateGuards(plan).flatMap((guard) => {
    const { name, outcome, ratio, max } = guard;
    const concerned = outcome.kind === 'query' ? pairs.slice(0, 1) : pairs;
    return concerned.flatMap((pair): TrialSpec[] => {
      const key = `${name} ${definitionOf(guard)} ${pair.key}`;
      const ceiling = state.evidence.ceilings[key] ?? max;
      const own: TrialSpec = { key, guard: name, outcome, pair, ...optional({ ratio, max: ceiling }) };
      return guard === guardOfGaveUp(plan) ? [own, gaveUpTrial(guard, pair)] : [own];
    });
  });
}

/** What a guard's evidence was gathered for; under another ratio or outcome it would mean something else. A ceiling is compared with counts, as it is now. */
function definitionOf({ outcome, ratio }: RateGuard): string {
  const { kind, ...details } = outcome;
  const what = Object.values(details).map((detail) => JSON.stringify(detail));
  return `${[kind, ...what].join(' ')}${ratio === undefined ? '' : `*${ratio}`}`;
}

function gaveUpTrial({ name, ratio = usualRatio }: RateGuard, pair: ArmPair): TrialSpec {
  return {
    key: `${name} gave-up*${ratio} ${pair.key}`,
    guard: name,
    outcome: { kind: 'gave-up' },
    pair,
    ratio,
  };
}

/** The first guard of failures also watches who gives up. */
function guardOfGaveUp(plan: Plan): RateGuard | undefined {
  return rateGuards(plan).find(({ outcome }) => outcome.kind === 'failed');
}

export function rateGuards(plan: Plan): RateGuard[] {
  return plan.guards.filter((guard) => guard.kind === 'rate');
}

function optional({ ratio, max }: { ratio: number | undefined; max: number | undefined }): TrialRule {
  return { ...(ratio === undefined ? {} : { ratio }), ...(max === undefined ? {} : { max }) };
}

/**
 * How many tests share the risk of a false abort: each guard's ratio and its ceiling (also the one that is made for 100 %), who gave up, and whether
 * the canary swallows requests, for each pair of arms.
 */
export function testsOf(plan: Plan, pairs: number): number {
  const reachesAll = plan.steps.some(({ percent }) => percent === 100);
  const perGuard = rateGuards(plan).map(({ outcome, ratio, max }) => {
    const ceiling = max !== undefined || reachesAll;
    return (outcome.kind === 'query' ? 1 : pairs) * ((ratio === undefined ? 0 : 1) + (ceiling ? 1 : 0));
  });
  const gaveUp = guardOfGaveUp(plan) === undefined ? 0 : pairs;
  const swallowed = watchesSwallowed(plan) ? pairs : 0;
  return Math.max(perGuard.reduce((sum, count) => sum + count, 0) + gaveUp + swallowed, 1);
}

/** Whether the share of requests ought to be the written one, as far as the plan tells. */
export function shareIsCheckable(plan: Pick<Plan, 'users' | 'sticky'>): boolean {
  return plan.users.length === 0 && plan.sticky === undefined;
}

/** Whether somebody watches for swallowed requests: a plan that guards failures does. */
export function watchesSwallowed(plan: Plan): boolean {
  return shareIsCheckable(plan) && guardOfGaveUp(plan) !== undefined;
}

/** What to ask a source of counts for. */
export function countQuestion(plan: Plan, state: ReleaseState): CountQuestion {
  const arms = new Map<string, CountedArm>();
  for (const { stable, canary } of state.targets)
    for (const arm of [stable, canary]) arms.set(armKey(arm), { key: armKey(arm), ...arm });
  const outcomes = rateGuards(plan).map(({ name, outcome }) => ({ guard: name, outcome }));
  return {
    callers: plan.callers,
    arms: [...arms.values()],
    bounds: [...new Set(outcomes.flatMap(({ outcome }) => (outcome.kind === 'slow' ? [outcome.over] : [])))],
    queries: outcomes.flatMap(({ guard, outcome }) => {
      if (outcome.kind !== 'query') return [];
      const canary = { guard, arm: 'canary' as const, ...outcome.canary };
      return outcome.stable === undefined
        ? [canary]
        : [canary, { guard, arm: 'stable' as const, ...outcome.stable }];
    }),
  };
}

/** What a look says about a trial, caller by caller. */
export function exposuresOf(look: Look, { guard, outcome, pair }: TrialSpec): Exposure[] {
  if (outcome.kind === 'query') {
    const of = (arm: 'stable' | 'canary') =>
      look.queries
        .filter((query) => query.guard === guard && query.arm === arm)
        .reduce((sum, { bad, all }) => plus(sum, { bad, requests: all }), nothing);
    return [{ caller: '', canary: of('canary'), stable: of('stable') }];
  }
  const callers = new Map<string, Exposure>();
  for (const counts of look.counts) {
    const arm = armOf(counts, pair);
    if (arm === undefined) continue;
    const caller = `${counts.caller.namespace}/${counts.caller.workload}`;
    const exposure = callers.get(caller) ?? { caller, canary: nothing, stable: nothing };
    callers.set(caller, { ...exposure, [arm]: plus(exposure[arm], tallyOf(counts, outcome)) });
  }
  return [...callers.values()];
}

/** The side of a pair that counts are of; undefined: neither. */
export function armOf({ arm }: ArmCounts, pair: ArmPair): 'stable' | 'canary' | undefined {
  if (arm === pair.canary) return 'canary';
  return arm === pair.stable ? 'stable' : undefined;
}

function tallyOf(
  { requests, failed, gaveUp, over }: ArmCounts,
  outcome: Exclude<TrialSpec['outcome'], { kind: 'query' }>,
): Tally {
  if (outcome.kind === 'failed') return { requests, bad: failed };
  return { requests, bad: outcome.kind === 'gave-up' ? gaveUp : (over[outcome.over] ?? 0) };
}
