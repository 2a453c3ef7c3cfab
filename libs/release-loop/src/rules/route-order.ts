import { type GeneratedRule, generatedPrefix, type Plan } from '@grayscale/release';
import { comparePrecedence, type Precedence, placeText, rulePrecedences } from '@grayscale/traffic-rules';
import { CannotGenerate } from './cannot-generate.js';
import type { Route } from './route-views.js';
import { ruleViews } from './rule-views.js';

/**
 * Rules of a route are tried by how specific they are, not in the order in which they are written. A generated rule asks for a header more than the split
 * rule, so that it may come before a rule that came before the split rule until now, and take its requests.
 * @param split index of the split rule, above which the generated ones are to stand
 * @throws CannotGenerate where that would happen
 */
export function refuseTakenRequests(
  route: Route,
  split: number,
  generated: readonly GeneratedRule[],
  plan: Plan,
): void {
  for (const rule of ruleViews(route)) {
    if (rule.index === split || rule.name?.startsWith(generatedPrefix(plan)) === true) continue;
    const isAbove = rule.index < split;
    const taker = generated.find((each) =>
      rulePrecedences(route, split).some((own) =>
        rulePrecedences(route, rule.index).some(
          (other) =>
            isTriedFirst(other, own, isAbove) && !isTriedFirst(other, withConditions(own, each), isAbove),
        ),
      ),
    );
    if (taker !== undefined)
      throw new CannotGenerate(
        `The rule "${taker.name}" would take requests of rule #${rule.index}${rule.place === undefined ? '' : ` (${placeText(rule.place)})`}: a route tries the rule with more conditions on headers first, and of equals the upper one. ${isAbove ? 'Give that rule one more condition on a header' : 'Move that rule above the one that splits'}, or leave users and sticky out of the plan.`,
      );
  }
}

function isTriedFirst(other: Precedence, own: Precedence, isAbove: boolean): boolean {
  const order = comparePrecedence(other, own);
  return order < 0 || (order === 0 && isAbove);
}

function withConditions(own: Precedence, { conditions }: GeneratedRule): Precedence {
  return conditions.length === 0 ? own : { ...own, isConditional: true, headers: own.headers + 1 };
}
