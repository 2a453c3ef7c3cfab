/** What an expression that ends in `.*` or `.+` takes: all that begins with a text. */
export interface OpenEnd {
  prefix: string;
  /** Whether at least one more character has to follow (`.+`). */
  more: boolean;
}

const openEnds: ReadonlyArray<readonly [end: string, more: boolean]> = [
  ['(.*)', false],
  ['(.+)', true],
  ['.*', false],
  ['.+', true],
];

/** The text that all values of an expression begin with, where it takes everything that begins so; undefined for any other expression. */
export function openEndOf(expression: string): OpenEnd | undefined {
  const start = expression.startsWith('^') ? 1 : 0;
  const inner = expression.slice(start, expression.endsWith('$') ? -1 : undefined);
  for (const [end, more] of openEnds) {
    if (!inner.endsWith(end)) continue;
    const text = inner.slice(0, -end.length);
    const { literal, length } = literalStart(text);
    return length === text.length ? { prefix: literal, more } : undefined;
  }
  return undefined;
}

/** The plain text that every value of an expression begins with, as far as it is easily told. */
export function literalStartOf(expression: string): string {
  // One of several alternatives may begin otherwise; within a group, which is no plain text, that changes nothing.
  if (hasOuterAlternative(expression)) return '';
  return literalStart(expression.replace(/^\^/, '')).literal;
}

/** @returns also how many characters of the expression it took */
function literalStart(expression: string): { literal: string; length: number } {
  let literal = '';
  let at = 0;
  while (at < expression.length) {
    const [raw, character] = characterAt(expression, at);
    if (character === undefined) break;
    // What may be missing, or is a name for the repetition of what stands before it.
    if (/[*?{]/.test(expression[at + raw] ?? '')) break;
    literal += character;
    at += raw;
    if (expression[at] === '+') break;
  }
  return { literal, length: at };
}

/** A character that stands for itself, with its length in the expression; undefined where something else stands. */
function characterAt(expression: string, at: number): [length: number, character: string | undefined] {
  const character = expression[at] ?? '';
  if (character === '\\') {
    const escaped = expression[at + 1] ?? '';
    return [2, /^[!-/:-@[-`{-~]$/.test(escaped) ? escaped : undefined];
  }
  return [1, /[.*+?()[\]{}|^$]/.test(character) ? undefined : character];
}

function hasOuterAlternative(expression: string): boolean {
  let depth = 0;
  for (let at = 0; at < expression.length; at++) {
    const character = expression[at];
    if (character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    // Whatever a class holds, an alternative is assumed rather than missed.
    else if (character === '|' && depth <= 0) return true;
  }
  return false;
}
