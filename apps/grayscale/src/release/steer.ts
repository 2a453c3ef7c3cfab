import { setTimeout as after } from 'node:timers/promises';
import { CommandError, exitCodes, UsageError } from '@grayscale/command-line';
import type { Command, CountSource, JournalEntry } from '@grayscale/release';
import { CommandBox, PlanLock, planPaths, readJournal } from '@grayscale/release-loop';
import { eventLine } from './event-line.js';
import type { PlanFile } from './plan-file.js';
import { asDriver } from './session.js';
import { lastState } from './watch-status.js';

/** Longer than a look and a write take, in milliseconds. */
const patience = 15_000;

/** Asks the process that drives a release for something, or does it itself where there is none. */
export async function steer(
  planFile: PlanFile,
  command: Command,
  filenames: readonly string[] | undefined,
): Promise<void> {
  if ((await lastState(planFile.path)) === undefined) {
    throw new UsageError(`${planFile.path} has not been started; start it with grayscale rollout.`);
  }
  const holder = await PlanLock.holder(planPaths(planFile.path).lock);
  if (holder === undefined) await steerAlone(planFile, command, filenames);
  else await steerOther(planFile.path, command, holder.pid);
}

/** No counts are looked at: what a human asks for does not wait for them. */
const noCounts: CountSource = {
  look: async () => ({ kind: 'no-look', reason: 'nobody looks at the counts now' }),
};

async function steerAlone(
  planFile: PlanFile,
  command: Command,
  filenames: readonly string[] | undefined,
): Promise<void> {
  await asDriver({ planFile, filenames, source: noCounts, recorded: print }, async (loop) => {
    const carried = await loop.command(command);
    if (carried.kind === 'rejected') throw new UsageError(`${carried.message}.`);
    await loop.settle();
    if (loop.isRunning && loop.state?.phase === 'progressing') {
      process.stderr.write(
        'grayscale: no process carries this release out; grayscale rollout goes on with it.\n',
      );
    }
  });
}

async function steerOther(plan: string, command: Command, pid: number): Promise<void> {
  const { commands, journal } = planPaths(plan);
  const box = new CommandBox(commands);
  const id = await box.send(command);
  const until = performance.now() + patience;
  for (;;) {
    const answer = (await readJournal(journal)).find((entry) => entry.command === id);
    if (answer?.rejected === true) throw new UsageError(`${answer.message}.`);
    if (answer !== undefined) return print(answer);
    if (performance.now() > until && (await box.remove(id))) {
      throw new CommandError(
        exitCodes.heldByAnother,
        `process ${pid} has the release and does not take the command; nothing was done. End that process and try again.`,
      );
    }
    await after(50);
  }
}

function print(entry: JournalEntry): void {
  const line = eventLine(entry);
  if (line !== undefined) process.stdout.write(`${line}\n`);
}
