import { addOutputOptions, duration, exitCodes } from '@grayscale/command-line';
import type { KeptRelease } from '@grayscale/release-loop';
import { Command } from 'commander';
import { addReleaseOptions, planArgument, withRelease } from '../release/named-release.js';
import type { ReleaseOptions } from '../release/release-use.js';
import { codeOfState, shower, type WatchOptions, watchStatus } from '../release/watch-status.js';

interface StatusOptions extends WatchOptions, ReleaseOptions {
  watch?: true;
}

/** `grayscale status`: where a release stands. */
export function statusCommand(finish: (code: number) => void): Command {
  const command = new Command('status')
    .description(
      'Shows where a release stands: steps, shares, the evidence of each guard, and what it waits for.',
    )
    .argument('<plan>', planArgument);
  addReleaseOptions(command, 'the release is in a cluster');
  return addOutputOptions(command, ['text', 'json'])
    .option('-w, --watch', 'again at each change, until the run is over')
    .option('--timeout <duration>', 'stop watching after this time, with status 83', duration)
    .addHelpText(
      'after',
      '\nExit status: 0 under way or done, 80 waits for a human, 81 aborted or undone, 82 the rule was changed by somebody else.',
    )
    .action(async (named: string, options: StatusOptions) => {
      finish(
        await withRelease(named, options, { for: 'look' }, async ({ name, release }) =>
          options.watch ? watchStatus(release, options) : showOnce(name, release, options),
        ),
      );
    });
}

async function showOnce(name: string, release: KeptRelease, options: StatusOptions): Promise<number> {
  const { plan, state } = await release.standing();
  if (state === undefined) {
    process.stdout.write(`${name} has not been started\n`);
    return exitCodes.done;
  }
  shower(options)(plan, state);
  return codeOfState(state);
}
