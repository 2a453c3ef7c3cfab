import { styleText } from 'node:util';
import { type Command, Option } from 'commander';

/** What {@link addOutputOptions} adds to a command's values. */
export interface OutputOptions<Form extends string> {
  output: Form;
  /** False after `--no-color`. */
  color: boolean;
}

/** Adds `-o` with these forms, the first one the default, and `--no-color`. */
export function addOutputOptions<const Form extends string>(
  command: Command,
  forms: readonly [Form, ...Form[]],
  description = 'form of the output',
): Command {
  return command
    .addOption(new Option('-o, --output <form>', description).choices(forms).default(forms[0]))
    .option('--no-color', 'no colours; the default where the output is not a terminal, or NO_COLOR is set');
}

/** Gives a text a colour, or leaves it alone. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan', text: string) => string;

/** Colours for what a person reads on a terminal, and none elsewhere (https://no-color.org). */
export function painter(
  { color }: { color: boolean },
  stream: NodeJS.WriteStream | { isTTY?: boolean } = process.stdout,
  environment: NodeJS.ProcessEnv = process.env,
): Paint {
  const isPainted = color && stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  if (!isPainted) return (_, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}
