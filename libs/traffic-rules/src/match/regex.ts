import { RE2JS } from 're2js';
import { toBytes } from '../bytes.js';

/**
 * A test whether an RE2 expression matches a whole byte string. An invalid expression, which validation refuses,
 * matches nothing.
 */
export function compileRegex(expression: string): (bytes: string) => boolean {
  const regex = parseRegex(expression);
  return regex === undefined ? () => false : (bytes) => regex.testExact(bytes);
}

/**
 * The expression, compiled for byte strings: Envoy's RE2 takes each byte of the expression and of the text for a
 * character of Latin-1, so that `.` is one byte of a Chinese character (recorded: `match-regex-bytes`). Undefined
 * when it is not valid RE2.
 */
export function parseRegex(expression: string): RE2JS | undefined {
  try {
    return RE2JS.compile(toBytes(expression));
  } catch {
    return undefined;
  }
}
