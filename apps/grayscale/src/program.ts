import { addCompletion, createProgram, runProgram } from '@grayscale/command-line';
import { checkCommand } from './commands/check.js';
import { explainCommand } from './commands/explain.js';
import { headersCommand } from './commands/headers.js';
import { historyCommand } from './commands/history.js';
import { listCommand } from './commands/list.js';
import { planCommand } from './commands/plan.js';
import { rolloutCommand } from './commands/rollout.js';
import { statusCommand } from './commands/status.js';
import { steerCommands } from './commands/steer.js';
import { testCommand } from './commands/test.js';
import { verifyCommand } from './commands/verify.js';
import { weightCommand } from './commands/weight.js';

/** Runs one command. @returns the exit code */
export async function run(argv: readonly string[]): Promise<number> {
  return await runProgram((finish) => {
    const program = createProgram({
      name: 'grayscale',
      description:
        'Checks the rules of Istio sidecars offline, and carries out gray releases: a new version gets requests little by little.',
      packageFile: new URL('../package.json', import.meta.url),
    });
    for (const command of [
      checkCommand(finish),
      explainCommand(finish),
      testCommand(finish),
      headersCommand(),
      weightCommand(),
      planCommand(finish),
      rolloutCommand(finish),
      listCommand(),
      statusCommand(finish),
      ...steerCommands(),
      verifyCommand(finish),
      historyCommand(),
    ]) {
      program.addCommand(command.copyInheritedSettings(program).allowExcessArguments(false));
    }
    return addCompletion(program);
  }, argv);
}
