import { wholeNumber } from '@grayscale/command-line';
import type { Command as ReleaseCommand } from '@grayscale/release';
import { Command } from 'commander';
import { addFilenameOption, addReleaseOptions, planArgument, withRelease } from '../release/named-release.js';
import type { ReleaseOptions } from '../release/release-use.js';
import { steer } from '../release/steer.js';

interface SteerOptions extends ReleaseOptions {
  full?: true;
  reason?: string;
  toStep?: number;
  force?: true;
}

/** `promote`, `pause`, `resume`, `abort`, `undo`, `retry`: what a human says to a release, whether a process carries it out or not. */
export function steerCommands(): Command[] {
  return [
    verb('promote', 'Moves on, past a pause and whatever the step still waits for.', ({ full = false }) => ({
      kind: 'promote',
      full,
    })).option('--full', 'to the last step'),
    verb(
      'pause',
      'Stops where it is; guards go on watching while a process carries the release out.',
      () => ({
        kind: 'pause',
      }),
    ),
    verb('resume', 'Goes on after a pause.', () => ({ kind: 'resume' })),
    verb('abort', 'Takes the canary back to the weights of the start, or lower.', ({ reason }) => ({
      kind: 'abort',
      ...(reason === undefined ? {} : { reason }),
    })).option('--reason <text>', 'for the journal'),
    verb(
      'undo',
      'Restores the weights of the start, even after the release has ended; byte for byte if nobody has edited the file since.',
      undoOf,
    )
      .option('--to-step <number>', 'back to this step, counted from 1, and wait there', wholeNumber(1, 1000))
      .option('--force', 'although the rule was edited since'),
    verb('retry', 'Begins again after an abort.', () => ({ kind: 'retry' })),
  ];
}

function undoOf({ toStep, force }: SteerOptions): ReleaseCommand {
  return {
    kind: 'undo',
    ...(toStep === undefined ? {} : { toStep }),
    ...(force === undefined ? {} : { force }),
  };
}

function verb(
  name: string,
  description: string,
  commandOf: (options: SteerOptions) => ReleaseCommand,
): Command {
  const command = new Command(name).description(description).argument('<plan>', planArgument);
  addFilenameOption(command, 'where the rule is; as at the start unless given');
  return addReleaseOptions(command, 'the release is in a cluster').action(
    async (named: string, options: SteerOptions) => {
      await withRelease(named, options, { for: 'steer' }, (release) => steer(release, commandOf(options)));
    },
  );
}
