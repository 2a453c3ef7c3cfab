import { commands } from './header-commands.js';
import type { HeaderContext } from './header-context.js';
import { type HeaderValueFormat, parseHeaderValue } from './header-value-syntax.js';
import { silentCommands } from './silent-commands.js';

/** The commands of a header value that Envoy does not know: with one of them it refuses the whole table. */
export function unknownCommands(value: string): string[] {
  return parseHeaderValue(value).flatMap((piece) =>
    typeof piece === 'string' || Object.hasOwn(commands, piece.command) || silentCommands.has(piece.command)
      ? []
      : [piece.command],
  );
}

/** The value as bytes; a command with nothing to say is empty text. */
export function formatHeaderValue(format: HeaderValueFormat, context: HeaderContext): string {
  let value = '';
  for (const piece of format) {
    if (typeof piece === 'string') {
      value += piece;
      continue;
    }
    const command = Object.hasOwn(commands, piece.command) ? commands[piece.command] : undefined;
    const text = command?.(context, piece.argument) ?? '';
    value += piece.maxLength === undefined ? text : text.slice(0, piece.maxLength);
  }
  return value;
}
