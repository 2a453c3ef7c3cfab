import {
  addOutputOptions,
  CommandError,
  duration,
  exitCodes,
  type OutputOptions,
  requireSource,
  UsageError,
} from '@grayscale/command-line';
import type { Store } from '@grayscale/release';
import type { ReleaseLoop } from '@grayscale/release-loop';
import { Command } from 'commander';
import { addCountOptions, type CountOptions, countSource } from '../release/count-options.js';
import { detach } from '../release/detach.js';
import { drive } from '../release/driver.js';
import { addFilenameOption, addReleaseOptions, planArgument, withRelease } from '../release/named-release.js';
import type { NamedRelease, ReleaseOptions } from '../release/release-use.js';
import { type Reporter, reporterFor } from '../release/reporter.js';
import { asDriver } from '../release/session.js';
import { watchStatus } from '../release/watch-status.js';

interface RolloutOptions extends ReleaseOptions, CountOptions, OutputOptions<'text' | 'json'> {
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
      'Carries out a release in files or in a cluster: raises the weights step by step, and rolls back when the canary does harm.',
    )
    .argument('<plan>', planArgument);
  addFilenameOption(command, 'file, folder or kustomization that has the rule; repeatable');
  addReleaseOptions(command, 'write to the VirtualServices of a cluster instead of files');
  return addOutputOptions(addCountOptions(command), ['text', 'json'], 'json is one object a line')
    .option('--once', 'look once, act on it, and exit')
    .option('--exit-on-pause', 'exit with status 80 when the release waits for a human')
    .option(
      '--unreachable-for <duration>',
      'exit with status 69 when counts, or the API server, are out of reach for this long',
      duration,
    )
    .option('--detach', 'continue in the background; status, pause, abort and the others reach it there')
    .option('--commit', 'after each write, commit the changed file and nothing else; never pushes')
    .option('--exec <command>', 'run this in a shell after each write, for instance git push')
    .addHelpText('after', exitStatus)
    .action(async (named: string, options: RolloutOptions) => {
      refuseContradictions(options);
      finish(await untilStopped((signal) => rollout(named, options, signal)));
    });
}

function refuseContradictions(options: RolloutOptions): void {
  requireSource(options);
  if (options.filename?.includes('-')) throw new UsageError('-f - cannot be written to; name the files.');
  const ofFiles = options.commit ? '--commit' : options.exec === undefined ? undefined : '--exec';
  if (options.cluster && ofFiles !== undefined)
    throw new UsageError(`${ofFiles} is for rules in files; leave it out with --cluster.`);
}

/** Works until it is done, or until the process is asked to end. */
async function untilStopped(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abort);
  try {
    return await work(stop.signal);
  } catch (error) {
    // Whatever was waited for when the process was asked to end: the release is where it is.
    if (stop.signal.aborted && !(error instanceof CommandError)) return exitCodes.stillWaiting;
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, abort);
  }
}

async function rollout(named: string, options: RolloutOptions, signal: AbortSignal): Promise<number> {
  const { commit, exec, unreachableFor: patience } = options;
  const use = {
    for: 'start' as const,
    signal,
    ...(commit && { commit }),
    ...(exec && { exec }),
    ...(patience !== undefined && { patience }),
  };
  return await withRelease(named, options, use, async (found) => {
    const { log, release } = found;
    const driver = await release.driver();
    if (driver !== undefined) {
      process.stderr.write(`grayscale: ${driver.text} carries this release out; showing its status.\n`);
      return await watchStatus(release, options);
    }
    const source = countSource(options);
    if (options.detach) return await detach(release, log);
    const reporter = reporterFor(release.plan, options);
    const recorded = reporter.recorded.bind(reporter);
    return await asDriver(release, { source, recorded }, (loop, store) =>
      rollOut({ loop, store, found, reporter }, options, signal),
    );
  });
}

const exitStatus = `
Exit status: 0 the canary has everything, 65 the plan or the rule is not valid, 69 counts or API server out of reach, 75 another process or plan holds the rule,
77 forbidden, 80 waits for a human (--exit-on-pause), 81 aborted or undone and the old weights are back, 82 the rule was changed by somebody else, 83 ended
while waiting. However it ends, the same command goes on where it was.`;

/** Starts a run, once all steps were tried; one that is under way goes on. @throws CommandError when something keeps it from that */
async function start({ loop, store, found: { name, release } }: Driven): Promise<void> {
  const previewed = loop.isRunning ? undefined : await release.preview(Date.now());
  const isPossible = previewed?.kind !== 'impossible';
  const messages = isPossible ? await loop.start() : previewed.messages;
  if (messages.length === 0) return;
  const isForbidden = isPossible ? store.forbidden !== undefined : previewed.isForbidden === true;
  throw new CommandError(
    isForbidden ? exitCodes.forbidden : exitCodes.invalidInput,
    [`${name} cannot be started`, ...messages].join('\n'),
  );
}

interface Driven {
  loop: ReleaseLoop;
  store: Store;
  found: NamedRelease;
  reporter: Reporter;
}

async function rollOut(driven: Driven, options: RolloutOptions, signal: AbortSignal): Promise<number> {
  const { loop, store, reporter } = driven;
  await start(driven);
  const { interval, once = false, exitOnPause = false, unreachableFor } = options;
  try {
    return await drive(loop, {
      interval,
      once,
      exitOnPause,
      ...(unreachableFor === undefined ? {} : { unreachableFor }),
      signal,
      ticked: (tick) => {
        reporter.ticked(loop, tick);
        refuseForbidden(store);
      },
    });
  } finally {
    reporter.ended(loop);
  }
}

/** A right that is missing is not waited for: somebody has to give it. */
function refuseForbidden({ forbidden }: Store): void {
  if (forbidden === undefined) return;
  throw new CommandError(
    exitCodes.forbidden,
    `${forbidden.message}. The release stays where it is; with the right back, grayscale resume and the same command go on with it.`,
  );
}
