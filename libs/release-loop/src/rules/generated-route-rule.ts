import type { JsonObject } from '@grayscale/manifest-files';
import type { GeneratedRule, HeaderCondition } from '@grayscale/release';
import { CannotGenerate } from './cannot-generate.js';
import { conditionedMatches } from './conditioned-matches.js';

/**
 * The rule of `users` or `sticky` in the Gateway API's spelling: the split rule as it is written, with its own name, one more condition
 * in each match, and one backend.
 * @param split the split rule as written
 * @param backend index of the only backend in the split rule's `backendRefs`
 */
export function generatedRouteRule(split: JsonObject, generated: GeneratedRule, backend: number): JsonObject {
  const { name: _, matches, backendRefs, filters, ...rest } = split;
  const { weight: __, ...only } = (backendRefs as JsonObject[])[backend] as JsonObject;
  const conditioned = conditionedMatches(
    (matches ?? []) as JsonObject[],
    generated.conditions,
    withCondition,
  );
  const withCookie = cookieFilters((filters ?? []) as JsonObject[], generated.setCookie);
  return {
    name: generated.name,
    ...(conditioned.length === 0 ? {} : { matches: conditioned }),
    ...(withCookie.length === 0 ? {} : { filters: withCookie }),
    backendRefs: [only],
    ...rest,
  };
}

function withCondition(match: JsonObject, { header, match: { kind, value } }: HeaderCondition): JsonObject {
  const headers = (match.headers ?? []) as JsonObject[];
  if (headers.some(({ name }) => String(name).toLowerCase() === header))
    throw CannotGenerate.sameHeader(header);
  const type = kind === 'exact' ? {} : { type: 'RegularExpression' };
  return { ...match, headers: [...headers, { ...type, name: header, value }] };
}

const modifierType = 'ResponseHeaderModifier';

/** The filters of the rule; of one type there may be one only. */
function cookieFilters(filters: readonly JsonObject[], cookie: string | undefined): JsonObject[] {
  if (cookie === undefined) return [...filters];
  const added = { name: 'set-cookie', value: cookie };
  if (!filters.some(({ type }) => type === modifierType))
    return [...filters, { type: modifierType, responseHeaderModifier: { add: [added] } }];
  return filters.map((filter) => {
    if (filter.type !== modifierType) return filter;
    const modifier = (filter.responseHeaderModifier ?? {}) as JsonObject;
    const add = (modifier.add ?? []) as JsonObject[];
    if (add.some(({ name }) => String(name).toLowerCase() === 'set-cookie'))
      throw new CannotGenerate(
        'The rule adds a set-cookie already, and a route adds each header once; use sticky with a header in the plan.',
      );
    return { ...filter, responseHeaderModifier: { ...modifier, add: [...add, added] } };
  });
}
