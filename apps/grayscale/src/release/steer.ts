import { CommandError, exitCodes, UsageError } from '@grayscale/command-line';
import type { Command, JournalEntry } from '@grayscale/release';
import { type Steered, steer as steerRelease } from '@grayscale/release-loop';
import { eventLine } from './event-line.js';
import type { NamedRelease } from './release-use.js';

/** Asks the process that drives a release for something, or does it itself where there is none. */
export async function steer({ name, release }: NamedRelease, command: Command): Promise<void> {
  const steered = await steerRelease(release, command);
  if (steered.kind !== 'carried') throw refusal(name, steered);
  for (const entry of steered.entries) print(entry);
  if (!steered.driven) refuseUnlessDone(steered, command);
  if (!steered.driven && steered.phase === 'progressing') {
    process.stderr.write(
      'grayscale: no process carries this release out; grayscale rollout goes on with it.\n',
    );
  }
}

/** A way back that somebody else's edit keeps from being written is not done. */
function refuseUnlessDone({ phase, waiting }: Extract<Steered, { kind: 'carried' }>, command: Command): void {
  if (waiting === undefined || (phase !== 'aborting' && phase !== 'undoing')) return;
  const wayOut =
    command.kind === 'undo' && waiting.reason === 'drift'
      ? ' Add --force to take the weights back all the same.'
      : '';
  const code = waiting.reason === 'drift' ? exitCodes.drift : exitCodes.invalidInput;
  throw new CommandError(code, `nothing was written: ${waiting.message}.${wayOut}`);
}

function refusal(path: string, steered: Exclude<Steered, { kind: 'carried' }>): Error {
  switch (steered.kind) {
    case 'not-started':
      return new UsageError(`${path} has not been started; start it with grayscale rollout.`);
    case 'rejected':
      return new UsageError(`${steered.message}.`);
    case 'held':
      return new CommandError(
        exitCodes.heldByAnother,
        `${steered.by} has the release and does not take the command; nothing was done. End that process and try again.`,
      );
  }
}

function print(entry: JournalEntry): void {
  const line = eventLine(entry);
  if (line !== undefined) process.stdout.write(`${line}\n`);
}
