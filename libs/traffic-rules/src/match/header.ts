import type { StringMatch } from '../resources/string-match.js';
import { toReadableText } from './bytes.js';
import type { Condition } from './condition.js';
import type { RequestView } from './request-view.js';
import { asksForPresence, compileStringMatch, describeHit, describeMiss, quote } from './string-test.js';

/** A condition on a header, whose values are tested one by one: any hit will do; an absent header never matches. */
export function headerCondition(name: string, match: StringMatch, label = `header ${name}`): Condition {
  const key = name.toLowerCase();
  if (asksForPresence(match)) {
    return {
      holds: (view) => view.headerValues(key) !== undefined,
      failure: () => `${label} is missing`,
    };
  }
  const test = compileStringMatch(match);
  return {
    holds: (view) => view.headerValues(key)?.some(test) ?? false,
    failure: (view) =>
      view.headerValues(key) === undefined
        ? `${label} is missing, wanted: ${describeHit(match)}`
        : `${label} is ${describeValues(view, key)}, ${describeMiss(match)}`,
  };
}

/**
 * An entry of `withoutHeaders`: the inverse of a condition in which a missing header counts as the empty
 * string, presence apart (Istio, route.go TranslateRouteMatch).
 */
export function withoutHeaderCondition(name: string, match: StringMatch): Condition {
  const key = name.toLowerCase();
  const excluded = (view: RequestView) =>
    `header ${name} is ${describeValues(view, key)}, and withoutHeaders excludes it`;
  if (asksForPresence(match)) {
    return { holds: (view) => view.headerValues(key) === undefined, failure: excluded };
  }
  const test = compileStringMatch(match);
  return {
    holds: (view) => !(view.headerValues(key) ?? ['']).some(test),
    failure: (view) => `${excluded(view)} (${describeHit(match)})`,
  };
}

function describeValues(view: RequestView, key: string): string {
  const values = view.headerValues(key);
  return values === undefined ? 'missing' : values.map((value) => quote(toReadableText(value))).join(' and ');
}
