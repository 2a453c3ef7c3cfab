import { placeText } from '@grayscale/traffic-rules';
import type { Arm, Plan, Target } from '../plan/plan.js';
import { objectText, targetObject } from '../plan/target-object.js';
import type { DestinationView, RuleView } from '../view.js';
import type { RuleReference } from '../write.js';

/** A rule that splits, and which of its destinations are the arms. */
export interface Split {
  rule: RuleView;
  /** Indexes in the rule's destinations. */
  stable: number;
  canary: number;
}

/** The rule that a target means, or why there is none. */
export type FoundSplit = ({ kind: 'found' } & Split) | { kind: 'missing'; message: string };

/** The start of the names of all rules that grayscale writes for a plan. */
export function generatedPrefix(plan: Pick<Plan, 'name'>): string {
  return `grayscale-${plan.name}-`;
}

/** Finds the rule of a target among its object's rules, when a run starts. */
export function findSplit(rules: readonly RuleView[], target: Target, plan: Pick<Plan, 'name'>): FoundSplit {
  const own = rules.filter(({ name }) => name?.startsWith(generatedPrefix(plan)) !== true);
  const named = target.rule === undefined ? own : own.filter((rule) => isNamed(rule, target.rule));
  const { stable, canary } = target;
  const subject = objectText(targetObject(target));
  if (named.length === 0) return missing(`${subject} has no ${ruleName(target.rule)}${hintOfNames(own)}`);
  const splits = named.flatMap((rule) => splitOf(rule, target) ?? []);
  const [first, second] = splits;
  if (first !== undefined && second === undefined) return { kind: 'found', ...first };
  if (first !== undefined)
    return missing(
      `several rules of ${subject} send to both ${armText(stable)} and ${armText(canary)}: ${splits.map(({ rule }) => ruleText(rule)).join(', ')}; add rule: NAME, or rule: INDEX, to the target`,
    );
  return missing(`${subject}: ${whyNoSplit(named, target)}`);
}

/** Finds it again later: by its name, else by what it matches and where it sends. */
export function findAgain(
  rules: readonly RuleView[],
  reference: RuleReference,
  arms: { stable: Arm; canary: Arm },
): Split | undefined {
  const found = rules.filter((rule) =>
    reference.name === undefined
      ? rule.name === undefined && ruleFingerprint(rule) === reference.fingerprint
      : rule.name === reference.name,
  );
  const [rule] = found;
  return rule === undefined || found.length > 1 ? undefined : splitOf(rule, arms);
}

/** What a rule matches and where it sends, without weights and without regard to the order of the destinations. */
export function ruleFingerprint({ matches, destinations }: RuleView): string {
  const sends = destinations.map(({ host, subset, port }) =>
    JSON.stringify([host, subset ?? null, port ?? null]),
  );
  return JSON.stringify([matches.map(matchText), sends.sort()]);
}

/** A match as a text that is the same for the same conditions. */
export function matchText({ headers, rest }: RuleView['matches'][number]): string {
  return JSON.stringify([Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)), rest]);
}

function splitOf(rule: RuleView, { stable, canary }: { stable: Arm; canary: Arm }): Split | undefined {
  const stableIndex = onlyIndex(rule, stable);
  const canaryIndex = onlyIndex(rule, canary);
  if (stableIndex === undefined || canaryIndex === undefined || stableIndex === canaryIndex) return undefined;
  return { rule, stable: stableIndex, canary: canaryIndex };
}

function onlyIndex({ destinations }: RuleView, arm: Arm): number | undefined {
  const found = destinations.flatMap((destination, index) => (isArm(destination, arm) ? [index] : []));
  return found.length === 1 ? found[0] : undefined;
}

/** A host may be written short, as `hello.hello-2` for `hello.hello-2.svc.cluster.local`. */
export function isArm({ host, subset, port }: DestinationView, arm: Arm): boolean {
  const sameHost = host === arm.host || host.startsWith(`${arm.host}.`);
  return (
    sameHost &&
    (arm.subset === undefined || arm.subset === subset) &&
    (arm.port === undefined || arm.port === port)
  );
}

function whyNoSplit(rules: readonly RuleView[], { stable, canary }: Target): string {
  for (const arm of [stable, canary]) {
    const counts = rules.map(({ destinations }) => destinations.filter((to) => isArm(to, arm)).length);
    if (counts.every((count) => count === 0)) return `no rule sends to ${armText(arm)}${hintOfHosts(rules)}`;
    if (Math.max(...counts) > 1)
      return `${armText(arm)} matches several destinations of the rule; write the host in full, or add its subset or port`;
  }
  return `no rule sends to both ${armText(stable)} and ${armText(canary)}; list the canary beside stable, with weight: 0 to begin with`;
}

function hintOfHosts(rules: readonly RuleView[]): string {
  const hosts = new Set(rules.flatMap(({ destinations }) => destinations.map(({ host }) => host)));
  return hosts.size === 0 ? '' : `; its destinations are ${[...hosts].slice(0, 10).join(', ')}`;
}

function hintOfNames(rules: readonly RuleView[]): string {
  return rules.length === 0 ? '' : `; its rules are ${rules.slice(0, 10).map(ruleText).join(', ')}`;
}

function isNamed(rule: RuleView, wanted: string | number | undefined): boolean {
  return typeof wanted === 'number' ? rule.index === wanted : rule.name === wanted;
}

/** As `rule #3`, or `rule named "a"`; `rules` where none is asked for. */
function ruleName(rule: string | number | undefined): string {
  if (rule === undefined) return 'rules';
  return typeof rule === 'number' ? `rule #${rule}` : `rule named "${rule}"`;
}

/** As `#0 "percent" (k8s/a.yaml:12)`. */
export function ruleText({ name, index, place }: RuleView): string {
  return `#${index}${name === undefined ? '' : ` "${name}"`}${place === undefined ? '' : ` (${placeText(place)})`}`;
}

/** A destination in words. */
export function armText({ host, subset, port }: Arm): string {
  return `${host}${subset === undefined ? '' : ` subset ${subset}`}${port === undefined ? '' : `:${port}`}`;
}

function missing(message: string): FoundSplit {
  return { kind: 'missing', message };
}
