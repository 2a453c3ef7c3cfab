import {
  type Arm,
  generatedPrefix,
  objectText,
  type Plan,
  type RuleView,
  type Target,
} from '@grayscale/release';
import { placeText, type Resource } from '@grayscale/traffic-rules';
import { isRuleOwner, type RuleOwner, ruleViews } from './rule-views.js';

/**
 * Another rule through which requests reach an arm, in words: the share of all requests is then not the written one.
 * Undefined when there is none among these resources.
 */
export function otherWay(resources: Iterable<Resource>, target: Target, plan: Plan): string | undefined {
  for (const resource of resources) {
    if (!isRuleOwner(resource)) continue;
    for (const rule of ruleViews(resource)) {
      if (rule.name?.startsWith(generatedPrefix(plan)) || isSplit(rule, target)) continue;
      const arm = [target.stable, target.canary].find((each) => sendsTo(rule, each));
      if (arm !== undefined) return inWords(resource, rule, arm);
    }
  }
  return undefined;
}

function isSplit({ destinations }: RuleView, { stable, canary }: Target): boolean {
  return [stable, canary].every((arm) => destinations.some((to) => isHost(to.host, arm)));
}

function sendsTo({ destinations }: RuleView, arm: Arm): boolean {
  return destinations.some((to) => to.weight > 0 && isHost(to.host, arm));
}

function isHost(host: string, arm: Arm): boolean {
  return host === arm.host || host.startsWith(`${arm.host}.`);
}

function inWords({ kind, metadata }: RuleOwner, { index, name, place }: RuleView, { host }: Arm): string {
  const rule = name === undefined ? `rule #${index}` : `rule "${name}"`;
  const where = place === undefined ? '' : ` (${placeText(place)})`;
  return `${rule} of ${objectText({ kind, ...metadata })} sends to ${host} too${where}`;
}
