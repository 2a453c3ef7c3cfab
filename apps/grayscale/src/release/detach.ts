import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { CommandError, type ExitCode, exitCodes } from '@grayscale/command-line';
import { isOver } from '@grayscale/release';
import type { KeptRelease } from '@grayscale/release-loop';

/**
 * Starts the same command again without a terminal, and waits until it has begun a run, or goes on with one.
 * @param log file for what it prints
 * @returns 0 once it does
 */
export async function detach(release: KeptRelease, log: string): Promise<number> {
  const output = await open(log, 'w');
  const args = process.argv.slice(1).filter((argument) => argument !== '--detach');
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', output.fd, output.fd] });
  await output.close();
  while (child.exitCode === null && child.signalCode === null) {
    if (await isUnderWay(release, child.pid)) {
      child.unref();
      process.stdout.write(`process ${child.pid} carries the release out; it writes to ${log}\n`);
      return exitCodes.done;
    }
    await after(50);
  }
  if (child.exitCode === 0) return exitCodes.done;
  const how = child.signalCode === null ? 'it ended at once' : `it was ended by ${child.signalCode}`;
  throw new CommandError(
    (child.exitCode ?? exitCodes.stillWaiting) as ExitCode,
    `${how}:\n${(await readFile(log, 'utf8')).trim()}`,
  );
}

/** Who drives a release may still find that it cannot be started. */
async function isUnderWay(release: KeptRelease, pid: number | undefined): Promise<boolean> {
  if ((await release.driver())?.pid !== pid) return false;
  const { state } = await release.standing();
  return state !== undefined && !isOver(state.phase);
}
