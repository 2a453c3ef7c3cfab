import { addOutputOptions, duration, exitCodes } from '@grayscale/command-line';
import { JournalFollower, planPaths } from '@grayscale/release-loop';
import { Command } from 'commander';
import { readFollowedPlan } from '../release/plan-file.js';
import { translateStoreErrors } from '../release/store-errors.js';
import { codeOfState, shower, type WatchOptions, watchStatus } from '../release/watch-status.js';

interface StatusOptions extends WatchOptions {
  watch?: true;
}

/** `grayscale status`: where a release stands. */
export function statusCommand(finish: (code: number) => void): Command {
  const command = new Command('status')
    .description(
      'Says where a release stands: steps, shares, the evidence of each guard, and what it waits for.',
    )
    .argument('<plan>', 'file of the plan');
  return addOutputOptions(command, ['text', 'json'])
    .option('-w, --watch', 'again at each change, until the run is over')
    .option('--timeout <duration>', 'end the watch after this time, with status 83', duration)
    .addHelpText(
      'after',
      '\nExit status: 0 under way or done, 80 waits for a human, 81 aborted or undone, 82 the rule was changed by somebody else.',
    )
    .action(async (path: string, options: StatusOptions) => {
      const planFile = await readFollowedPlan(path);
      if (options.watch) return finish(await watchStatus(planFile, options));
      const follower = new JournalFollower(planPaths(path).journal);
      await translateStoreErrors(() => follower.news());
      const { state, plan = planFile.plan } = follower;
      if (state === undefined) {
        process.stdout.write(`${path} has not been started\n`);
        return finish(exitCodes.done);
      }
      shower(options)(plan, state);
      finish(codeOfState(state));
    });
}
