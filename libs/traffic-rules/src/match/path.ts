import { asciiLowerCase } from '../compile/host-name.js';
import type { StringMatch } from '../resources/string-match.js';
import { toBytes, toReadableText } from './bytes.js';
import type { Condition } from './condition.js';
import { compileStringMatch, describeMiss, quote, type StringTest } from './string-test.js';

/** The `uri` of a match block: the normalized path without its query. A regex stays case-sensitive whatever `ignoreCase` says. */
export function pathCondition(match: StringMatch, ignoreCase: boolean): Condition {
  const test = ignoreCase ? foldedTest(match) : compileStringMatch(match);
  const folded = ignoreCase && match.kind !== 'regex' ? ' (in any letter case)' : '';
  return {
    holds: ({ path }) => test(path),
    failure: ({ path }) => `path is ${quote(toReadableText(path))}, ${describeMiss(match)}${folded}`,
  };
}

function foldedTest(match: StringMatch): StringTest {
  if (match.kind === 'regex' || match.kind === 'present') return compileStringMatch(match);
  const folded = compileStringMatch({ kind: match.kind, value: asciiLowerCase(toBytes(match.value)) });
  return (path) => folded(asciiLowerCase(path));
}
