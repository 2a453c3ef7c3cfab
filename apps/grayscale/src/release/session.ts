import { CommandError, exitCodes, UsageError } from '@grayscale/command-line';
import type { CountSource, JournalEntry } from '@grayscale/release';
import {
  FileStore,
  type FileStoreOptions,
  planPaths,
  ReleaseLoop,
  readJournal,
} from '@grayscale/release-loop';
import type { PlanFile } from './plan-file.js';
import { translateStoreErrors } from './store-errors.js';

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
  return translateStoreErrors(async () => {
    const { planFile, source, recorded } = options;
    const store = new FileStore(await storeOptions(options));
    const opened = await ReleaseLoop.open({
      plan: planFile.plan,
      store,
      source,
      ...(recorded && { recorded }),
    });
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
  });
}

/** How a plan's files are kept. */
export async function storeOptions({
  planFile: { path, text, plan },
  filenames,
  commit,
  exec,
}: Pick<SessionOptions, 'planFile' | 'filenames' | 'commit' | 'exec'>): Promise<FileStoreOptions> {
  return {
    planFile: path,
    planText: text,
    plan,
    filenames: filenames ?? (await filenamesOf(path)),
    ...(commit === undefined ? {} : { commit }),
    ...(exec === undefined ? {} : { exec }),
    warn: (message) => process.stderr.write(`grayscale: ${message}\n`),
  };
}

/** The files that the last run was started with. */
async function filenamesOf(path: string): Promise<string[]> {
  const start = (await readJournal(planPaths(path).journal)).findLast(({ op }) => op === 'start');
  if (Array.isArray(start?.filenames)) return start.filenames.map(String);
  throw new UsageError('name the files that have the rule with -f PATH; this plan has not been started yet.');
}
