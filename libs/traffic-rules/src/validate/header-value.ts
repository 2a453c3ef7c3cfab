import { quote } from '../fields/describe.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacter = /[\u0000-\u0008\u000A-\u001F\u007F]/;

/** The states of Envoy's older header parser, by which Istio still checks `%COMMAND(arguments)%`. */
type State =
  | 'text'
  | 'name'
  | 'array'
  | 'string-start'
  | 'string'
  | 'array-next'
  | 'arguments-end'
  | 'command-end';

/** What follows a character in a state; undefined when the character must not stand there. */
const transitions: Readonly<Record<Exclude<State, 'text'>, (character: string) => State | undefined>> = {
  name: (c) => (c === '%' ? 'text' : c === '(' ? 'array' : 'name'),
  array: (c) => (c === '[' ? 'string-start' : c === ' ' ? 'array' : 'string'),
  'string-start': (c) => (c === '"' ? 'string' : c === ' ' ? 'string-start' : undefined),
  string: (c) => (c === ')' ? 'command-end' : c === '"' ? 'array-next' : 'string'),
  'array-next': (c) =>
    c === ',' ? 'string-start' : c === ']' ? 'arguments-end' : c === ' ' ? 'array-next' : undefined,
  'arguments-end': (c) => (c === ')' ? 'command-end' : c === ' ' ? 'arguments-end' : undefined),
  'command-end': (c) => (c === '%' ? 'text' : c === ' ' ? 'command-end' : undefined),
};

/** Why a value cannot be set; undefined when it can. Unknown commands pass here: only Envoy refuses them. */
export function headerValueProblem(value: string): string | undefined {
  if (controlCharacter.test(value))
    return `${quote(value)} has a control character; write it without line breaks and the like.`;
  let state = 'text' as State;
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    if (state === 'text') {
      if (character !== '%') continue;
      if (value[at + 1] === '%') at++;
      else state = 'name';
    } else if (state === 'string' && character === '\\') {
      at++;
    } else {
      const next: State | undefined = transitions[state](character);
      if (next === undefined) return unbalanced(value);
      state = next;
    }
  }
  return state === 'text' ? undefined : unbalanced(value);
}

function unbalanced(value: string): string {
  return `${quote(value)} opens a %COMMAND% and does not close it; write a percent sign itself as %%.`;
}
