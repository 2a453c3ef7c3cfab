import {
  addOutputOptions,
  CommandError,
  duration,
  exitCodes,
  gather,
  type OutputOptions,
  UsageError,
} from '@grayscale/command-line';
import { FileRelease, PlanLock, planPaths, type ReleaseLoop } from '@grayscale/release-loop';
import { Command } from 'commander';
import { addCountOptions, type CountOptions, countSource } from '../release/count-options.js';
import { detach } from '../release/detach.js';
import { drive } from '../release/driver.js';
import { type PlanFile, readPlanFile } from '../release/plan-file.js';
import { type Reporter, reporterFor } from '../release/reporter.js';
import { asDriver, storeOptions } from '../release/session.js';
import { watchStatus } from '../release/watch-status.js';

interface RolloutOptions extends CountOptions, OutputOptions<'text' | 'json'> {
  filename: string[];
  once?: true;
  exitOnPause?: true;
  detach?: true;
  commit?: true;
  exec?: string;
  unreachableFor?: number;
}

/** `grayscale rollout`: carries a release out, in the foreground. */
export function rolloutCommand(finish: (code: number) => void): Command {
  const command = new Command('rollout')
    .description(
      'Carries a release out over files: raises the weights step by step, and takes them back when the canary does harm.',
    )
    .argument('<plan>', 'file of the plan')
    .requiredOption(
      '-f, --filename <path>',
      'file, folder or kustomization that has the rule; repeatable',
      gather,
    );
  return addOutputOptions(addCountOptions(command), ['text', 'json'], 'json is one object a line')
    .option('--once', 'look once, do what follows from it, and end')
    .option('--exit-on-pause', 'end when the release waits for a human, with status 80')
    .option(
      '--unreachable-for <duration>',
      'end with status 69 when counts are out of reach for so long',
      duration,
    )
    .option('--detach', 'go on in the background; status, pause, abort and the others reach it there')
    .option('--commit', 'commit the touched file alone after each write; it is never pushed')
    .option('--exec <command>', 'run this in a shell after each write, for instance a push')
    .addHelpText('after', exitStatus)
    .action(async (path: string, options: RolloutOptions) => {
      if (options.filename.includes('-')) throw new UsageError('-f - cannot be written to; name the files.');
      const planFile = await readPlanFile(path);
      const holder = await PlanLock.holder(planPaths(path).lock);
      if (holder !== undefined) {
        process.stderr.write(
          `grayscale: process ${holder.pid} carries this release out; showing its status.\n`,
        );
        return finish(await watchStatus(planFile, options));
      }
      const source = countSource(options);
      if (options.detach) return finish(await detach(path));
      const reporter = reporterFor(planFile.plan, options);
      const { filename: filenames, commit, exec } = options;
      const recorded = reporter.recorded.bind(reporter);
      const session = {
        planFile,
        filenames,
        source,
        recorded,
        ...(commit && { commit }),
        ...(exec && { exec }),
      };
      finish(await asDriver(session, (loop) => rollOut(loop, planFile, options, reporter)));
    });
}

const exitStatus = `
Exit status: 0 the canary has everything, 65 the plan or the rule is not valid, 69 counts out of reach, 75 another process or plan holds the rule,
80 waits for a human (--exit-on-pause), 81 aborted or undone and the old weights are back, 82 the rule was changed by somebody else, 83 ended
while waiting. However it ends, the same command goes on where it was.`;

/** What keeps a run from starting; where nothing does, it is started. All steps are tried on the files first. */
async function obstacles(
  loop: ReleaseLoop,
  planFile: PlanFile,
  filenames: readonly string[],
): Promise<string[]> {
  const release = new FileRelease(await storeOptions({ planFile, filenames }));
  const previewed = await release.preview(Date.now());
  return previewed.kind === 'impossible' ? previewed.messages : await loop.start();
}

async function rollOut(
  loop: ReleaseLoop,
  planFile: PlanFile,
  options: RolloutOptions,
  reporter: Reporter,
): Promise<number> {
  const messages = loop.isRunning ? [] : await obstacles(loop, planFile, options.filename);
  if (messages.length > 0) {
    throw new CommandError(
      exitCodes.invalidInput,
      [`${planFile.path} cannot be started`, ...messages].join('\n'),
    );
  }
  const { interval, once = false, exitOnPause = false, unreachableFor } = options;
  const stop = new AbortController();
  const abort = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abort);
  try {
    return await drive(loop, {
      interval,
      once,
      exitOnPause,
      ...(unreachableFor === undefined ? {} : { unreachableFor }),
      signal: stop.signal,
      ticked: (tick) => reporter.ticked(loop, tick),
    });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, abort);
    reporter.ended(loop);
  }
}
