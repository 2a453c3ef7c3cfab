import type { StringMatch } from '../resources/string-match.js';
import { toBytes, toReadableText } from './bytes.js';
import type { Condition } from './condition.js';
import { asksForPresence, compileStringMatch, describeHit, describeMiss, quote } from './string-test.js';

/** A condition on the first query parameter of a name, raw: no decoding of `%` or `+`. */
export function queryParameterCondition(name: string, match: StringMatch): Condition {
  const key = toBytes(name);
  const wanted = asksForPresence(match) ? '' : `, wanted: ${describeHit(match)}`;
  const test = asksForPresence(match) ? () => true : compileStringMatch(match);
  return {
    holds: (view) => {
      const value = view.queryParameter(key);
      return value !== undefined && test(value);
    },
    failure: (view) => {
      const value = view.queryParameter(key);
      return value === undefined
        ? `query parameter ${name} is missing${wanted}`
        : `query parameter ${name} is ${quote(toReadableText(value))}, ${describeMiss(match)}`;
    },
  };
}
