import type { JsonObject } from '@grayscale/manifest-files';
import type { HeaderCondition } from '@grayscale/release';

/**
 * Matches that ask for one of the conditions besides. A rule without a match takes everything, and then has one for each condition.
 * @param withCondition adds a condition in the spelling of the rule's kind
 */
export function conditionedMatches(
  matches: readonly JsonObject[],
  conditions: readonly HeaderCondition[],
  withCondition: (match: JsonObject, condition: HeaderCondition) => JsonObject,
): JsonObject[] {
  if (conditions.length === 0) return [...matches];
  const own = matches.length === 0 ? [{}] : matches;
  return own.flatMap((match) => conditions.map((condition) => withCondition(match, condition)));
}
