import type { Place, ResourceReference } from '../../model/place.js';
import type { Rule } from '../../model/rule.js';
import type { RetryPolicy } from '../../retry/retry-policy.js';
import { actionOf } from './action.js';
import { withoutIgnoredSources } from './requirements.js';
import type { SourcedRule } from './sourced-rule.js';

/**
 * One rule for each match block; one that takes every request, where there is none.
 * @param defaultRetry for rules that say nothing of it
 */
export function rulesOf(
  { document, http, entry, delegate, matches }: SourcedRule,
  resource: ResourceReference,
  defaultRetry: RetryPolicy,
): Rule[] {
  const rule = delegate === undefined ? entry : { ...entry, delegate };
  const place: Place = { document, resource, rule };
  const action = actionOf(http, defaultRetry);
  if (matches.length === 0) return [{ place, requirements: [], action }];
  return matches.map((match) => ({
    place: { ...place, match: match.entry },
    requirements: withoutIgnoredSources(match.requirements),
    action,
  }));
}
