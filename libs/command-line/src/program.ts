import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CommandError, exitCodes } from './exit-codes.js';

/** What a program says of itself in `--help` and `--version`. */
export interface ProgramDescription {
  name: string;
  description: string;
  /** The program's own package.json, which has its version. */
  packageFile: URL;
}

/** A program with `--version` and `--help`, whose usage errors are one line each. */
export function createProgram({ name, description, packageFile }: ProgramDescription): Command {
  return new Command(name)
    .description(description)
    .version(versionOf(packageFile), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`${name}: ${oneLine(text)}${hintFor(text)} See ${name} --help.\n`),
    });
}

/** What was most likely meant: kubectl names files by the same option. */
function hintFor(text: string): string {
  return text.includes('too many arguments') ? ' Files and folders are given with -f.' : '';
}

/**
 * Runs a program. What is wrong with the command line, or keeps the command from its work, is one line on standard error.
 * @param build makes the program; its commands say with `finish` what to end with when it is not 0
 * @returns the exit code
 */
export async function runProgram(
  build: (finish: (code: number) => void) => Command,
  argv: readonly string[],
): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = build((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    // Commander has said what is wrong, or printed what was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
    if (error instanceof CommandError) {
      process.stderr.write(`${program.name()}: ${error.message}\n`);
      return error.exitCode;
    }
    process.stderr.write(`${ownMistake(error, program.name(), argv)}\n`);
    return exitCodes.ownMistake;
  }
  return exitCode;
}

/** A stack would tell a user nothing; the arguments name the files to send. */
function ownMistake(error: unknown, name: string, argv: readonly string[]): string {
  const what = error instanceof Error ? oneLine(`${error.name}: ${error.message}`) : typeof error;
  return `${name}: this is a bug in ${name}, not a mistake in your files (${what}) Please report it with the files of: ${[name, ...argv].join(' ')}`;
}

function versionOf(packageFile: URL): string {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;
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
