import { RE2JS } from 're2js';
import { toText } from '../bytes.js';

/**
 * A test whether an RE2 expression matches a whole byte string. Bytes that are no UTF-8 match nothing, since no
 * expression of RE2 consumes them. An invalid expression, which validation refuses, matches nothing either.
 */
export function compileRegex(expression: string): (bytes: string) => boolean {
  const regex = parseRegex(expression);
  if (regex === undefined) return () => false;
  return (bytes) => {
    const text = toText(bytes);
    return text !== undefined && regex.testExact(text);
  };
}

/** The compiled expression; undefined when it is not valid RE2. */
export function parseRegex(expression: string): RE2JS | undefined {
  try {
    return RE2JS.compile(expression);
  } catch {
    return undefined;
  }
}
