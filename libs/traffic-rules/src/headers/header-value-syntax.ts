import { toBytes } from '../bytes.js';

/** Literal text (as bytes) and `%COMMAND(argument):maxLength%`s in turn. */
export type HeaderValueFormat = ReadonlyArray<
  string | { command: string; argument: string; maxLength?: number }
>;

const commandStart = /%([A-Z0-9_]+)/y;
const commandEnd = /(?::(\d+))?%/y;

/** Splits a value into literal bytes and commands; `%%` is a percent sign. */
export function parseHeaderValue(value: string): HeaderValueFormat {
  const format: Array<HeaderValueFormat[number]> = [];
  const endOfArgument = forwardSearch(value, ')');
  let literal = '';
  let end = 0;
  for (let at = value.indexOf('%'); at >= 0; at = value.indexOf('%', Math.max(end, at + 1))) {
    const isPercentSign = value[at + 1] === '%';
    const command = isPercentSign ? undefined : commandAt(value, at, endOfArgument);
    if (!isPercentSign && command === undefined) continue;
    literal += value.slice(end, at) + (isPercentSign ? '%' : '');
    end = command?.end ?? at + 2;
    if (command === undefined) continue;
    if (literal !== '') format.push(toBytes(literal));
    literal = '';
    format.push(command.piece);
  }
  literal += value.slice(end);
  if (literal !== '') format.push(toBytes(literal));
  return format;
}

/** `%NAME%`, `%NAME(argument)%` or `%NAME(argument):10%` at an offset, and where it ends. */
function commandAt(value: string, at: number, endOfArgument: (from: number) => number) {
  commandStart.lastIndex = at;
  const command = commandStart.exec(value)?.[1];
  if (command === undefined) return undefined;
  const open = at + 1 + command.length;
  const close = value[open] === '(' ? endOfArgument(open) : open - 1;
  if (close < 0) return undefined;
  commandEnd.lastIndex = close + 1;
  const ending = commandEnd.exec(value);
  if (ending === null) return undefined;
  const maxLength = ending[1] === undefined ? {} : { maxLength: Number(ending[1]) };
  const argument = value.slice(open + 1, Math.max(open + 1, close));
  return { piece: { command, argument, ...maxLength }, end: commandEnd.lastIndex };
}

/** Finds the next such character for offsets that only grow, and looks at no part of the text twice. */
function forwardSearch(text: string, character: string): (from: number) => number {
  let found = 0;
  return (from) => {
    if (found >= 0 && found < from) found = text.indexOf(character, from);
    return found;
  };
}
