import type { JsonObject } from '@grayscale/manifest-files';
import type { GeneratedRule, HeaderCondition } from '@grayscale/release';
import { CannotGenerate } from './cannot-generate.js';
import { conditionedMatches } from './conditioned-matches.js';

/**
 * The rule of `users` or `sticky` in Istio's spelling: the split rule as it is written, with its own name, one more condition in each
 * match, and one destination.
 * @param split the split rule as written
 * @param destination index of the only destination in the split rule's `route`
 */
export function generatedRule(split: JsonObject, generated: GeneratedRule, destination: number): JsonObject {
  const { name: _, match, route, headers, ...rest } = split;
  const { weight: __, ...only } = (route as JsonObject[])[destination] as JsonObject;
  const matches = conditionedMatches((match ?? []) as JsonObject[], generated.conditions, withCondition);
  const withCookie = cookieHeaders(headers as JsonObject | undefined, generated.setCookie);
  return {
    name: generated.name,
    ...(matches.length === 0 ? {} : { match: matches }),
    route: [only],
    ...rest,
    ...(withCookie === undefined ? {} : { headers: withCookie }),
  };
}

function withCondition(
  { name: _, ...match }: JsonObject,
  { header, match: wanted }: HeaderCondition,
): JsonObject {
  const headers = (match.headers ?? {}) as JsonObject;
  if (Object.keys(headers).some((name) => name.toLowerCase() === header)) {
    throw CannotGenerate.sameHeader(header);
  }
  return { ...match, headers: { ...headers, [header]: { [wanted.kind]: wanted.value } } };
}

function cookieHeaders(headers: JsonObject | undefined, cookie: string | undefined): JsonObject | undefined {
  if (cookie === undefined) return headers;
  const response = (headers?.response ?? {}) as JsonObject;
  return {
    ...headers,
    response: { ...response, add: { ...(response.add as JsonObject), 'set-cookie': cookie } },
  };
}
