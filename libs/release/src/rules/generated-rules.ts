import type { Plan, Sticky } from '../plan/plan.js';
import { generatedPrefix } from '../split/find-split.js';
import type { MatchView, RuleView } from '../view.js';
import { belowHexPrefix, belowRegex, bucketOf } from '../weights/bucket.js';
import type { GeneratedRule, HeaderCondition } from '../write.js';

/** A request id begins with so many random hexadecimal digits at least; they divide users to a millionth. */
const idDigits = 5;
const day = 86_400;

/** The rules that `users` and `sticky` need while the canary's share is `percent`, in the order in which they stand above the split rule. */
export function generatedRules(
  plan: Pick<Plan, 'name' | 'users' | 'sticky'>,
  percent: number,
): GeneratedRule[] {
  const prefix = generatedPrefix(plan);
  const conditions = plan.users.flatMap(({ header, exact }) =>
    exact.map((value): HeaderCondition => ({ header, match: { kind: 'exact', value } })),
  );
  const users: GeneratedRule[] =
    conditions.length === 0 ? [] : [{ name: `${prefix}users`, conditions, to: 'canary' }];
  return [...users, ...stickyRules(plan.sticky, `${prefix}sticky`, percent)];
}

function stickyRules(sticky: Sticky | undefined, prefix: string, percent: number): GeneratedRule[] {
  if (sticky === undefined) return [];
  return 'cookie' in sticky
    ? cookieRules(sticky.cookie, prefix, percent)
    : bucketRules(sticky.header, sticky.digits, prefix, percent);
}

/** Who has a bucket goes by it; who has none is split by weight. */
function bucketRules(header: string, digits: number, prefix: string, percent: number): GeneratedRule[] {
  const { k } = bucketOf(percent, digits);
  const rule = (name: string, to: 'stable' | 'canary', value: string): GeneratedRule => ({
    name: `${prefix}-${name}`,
    conditions: [{ header, match: { kind: 'regex', value } }],
    to,
  });
  const below = belowRegex(k, digits);
  const canary = below === undefined ? [] : [rule('canary', 'canary', below)];
  return k === 10 ** digits ? canary : [...canary, rule('stable', 'stable', `[0-9]{${digits}}`)];
}

/** Who brings the cookie goes by it; who does not goes by the request's id, which becomes the cookie. */
function cookieRules(cookie: string, prefix: string, percent: number): GeneratedRule[] {
  const { k } = bucketOf(percent, idDigits, 16);
  const below = belowHexPrefix(k, idDigits);
  const setCookie = `${cookie}=%REQ(X-REQUEST-ID)%; Path=/; Max-Age=${day}; SameSite=Lax`;
  const brings = (value: string): HeaderCondition => ({
    header: 'cookie',
    match: { kind: 'regex', value: `(?:.*; ?)?${cookie}=${value}.*` },
  });
  const begins = (value: string): HeaderCondition => ({
    header: 'x-request-id',
    match: { kind: 'regex', value: `${value}.*` },
  });
  const canary: GeneratedRule[] =
    below === undefined
      ? []
      : [
          { name: `${prefix}-returning-canary`, conditions: [brings(`(?:${below})`)], to: 'canary' },
          { name: `${prefix}-first-canary`, conditions: [begins(`(?:${below})`)], to: 'canary', setCookie },
        ];
  const stable: GeneratedRule[] = [
    { name: `${prefix}-returning-stable`, conditions: [brings('[0-9a-f]')], to: 'stable' },
    { name: `${prefix}-first-stable`, conditions: [], to: 'stable', setCookie },
  ];
  // Whoever returns is asked first, or the id of the new request would decide anew.
  return [canary[0], stable[0], canary[1], stable[1]].filter((rule) => rule !== undefined);
}

/** Why the split rule cannot carry these conditions: it asks for another value of the same header already. Undefined: it can. */
export function conditionConflict(rules: readonly GeneratedRule[], split: RuleView): string | undefined {
  for (const { name, conditions } of rules)
    for (const { header } of conditions)
      if (split.matches.some(({ headers }) => Object.hasOwn(headers, header)))
        return `the rule already matches on the header ${header}, so "${name}" cannot; choose another header`;
  return undefined;
}

/** The matches of a generated rule above its split rule. */
export function generatedMatches(
  { conditions }: GeneratedRule,
  split: Pick<RuleView, 'matches'>,
): MatchView[] {
  if (conditions.length === 0) return split.matches;
  const blocks: MatchView[] = split.matches.length === 0 ? [{ headers: {}, rest: '' }] : split.matches;
  return blocks.flatMap(({ headers, rest }) =>
    conditions.map(({ header, match }) => ({ headers: { ...headers, [header]: match }, rest })),
  );
}
