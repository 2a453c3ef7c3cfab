import { addCompletion, createProgram, runProgram } from '@grayscale/command-line';
import { checkCommand } from './commands/check.js';
import { explainCommand } from './commands/explain.js';
import { testCommand } from './commands/test.js';
import { weightCommand } from './commands/weight.js';

/** Runs one command. @returns the exit code */
export async function run(argv: readonly string[]): Promise<number> {
  return await runProgram((finish) => {
    const program = createProgram({
      name: 'grayscale',
      description:
        'Says offline what an Istio sidecar would do with a request, and what is wrong with its rules.',
      packageFile: new URL('../package.json', import.meta.url),
    });
    for (const command of [
      checkCommand(finish),
      explainCommand(finish),
      testCommand(finish),
      weightCommand(),
    ]) {
      program.addCommand(command.copyInheritedSettings(program).allowExcessArguments(false));
    }
    return addCompletion(program);
  }, argv);
}
