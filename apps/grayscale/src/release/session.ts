import { CommandError, exitCodes, UsageError } from '@grayscale/command-line';
import type { CountSource, JournalEntry } from '@grayscale/release';
import { FileStore, planPaths, ReleaseLoop, readJournal, StoreError } from '@grayscale/release-loop';
import type { PlanFile } from './plan-file.js';

export interface SessionOptions {
  planFile: PlanFile;
  /** As `-f` has them; absent: those that the run in the journal was started with. */
  filenames?: readonly string[] | undefined;
  source: CountSource;
  commit?: boolean;
  exec?: string;
  recorded?: (entry: JournalEntry) => void;
}

/** Does something as the driver of a plan. @throws CommandError when another one drives it, or its files cannot be used */
export async function asDriver<T>(
  options: SessionOptions,
  work: (loop: ReleaseLoop) => Promise<T>,
): Promise<T> {
  try {
    const opened = await ReleaseLoop.open(await loopOptions(options));
    if (opened.kind === 'held') {
      throw new CommandError(
        exitCodes.heldByAnother,
        `the rule is held by ${opened.by}; nothing was written.`,
      );
    }
    try {
      return await work(opened.loop);
    } finally {
      await opened.loop.close();
    }
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(exitCodes.forbidden, error.message);
    throw error;
  }
}

async function loopOptions({ planFile, filenames, source, commit, exec, recorded }: SessionOptions) {
  const { path, text, plan } = planFile;
  const store = new FileStore({
    planFile: path,
    planText: text,
    plan,
    filenames: filenames ?? (await filenamesOf(path)),
    ...(commit === undefined ? {} : { commit }),
    ...(exec === undefined ? {} : { exec }),
    warn: (message) => process.stderr.write(`grayscale: ${message}\n`),
  });
  return { plan, store, source, ...(recorded === undefined ? {} : { recorded }) };
}

/** The files that the last run was started with. */
async function filenamesOf(path: string): Promise<string[]> {
  const start = (await readJournal(planPaths(path).journal)).findLast(({ op }) => op === 'start');
  if (Array.isArray(start?.filenames)) return start.filenames.map(String);
  throw new UsageError('name the files that have the rule with -f PATH; this plan has not been started yet.');
}
