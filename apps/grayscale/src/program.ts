import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { checkCommand } from './commands/check.js';
import { explainCommand } from './commands/explain.js';
import { testCommand } from './commands/test.js';
import { exitCodes, UsageError } from './exit-codes.js';

/** Runs one command. @returns the exit code */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.good;
  const finish = (code: number) => {
    exitCode = code;
  };
  try {
    await createProgram(finish).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.wrongUsage;
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`grayscale: ${error.message}\n`);
    return exitCodes.wrongUsage;
  }
  return exitCode;
}

function createProgram(finish: (code: number) => void): Command {
  const program = new Command('grayscale')
    .description(
      'Says offline what an Istio sidecar would do with a request, and what is wrong with its rules.',
    )
    .version(ownVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`grayscale: ${oneLine(text)} See grayscale --help.\n`),
    });
  for (const command of [checkCommand(finish), explainCommand(finish), testCommand(finish)]) {
    program.addCommand(command.copyInheritedSettings(program).allowExcessArguments(false));
  }
  return program;
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function oneLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .split('\n')
    .map((part) => part.trim())
    .join(' ');
  return /[.!?)]$/.test(line) ? line : `${line}.`;
}
