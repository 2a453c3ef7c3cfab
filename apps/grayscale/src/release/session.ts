import { CommandError, exitCodes, UsageError } from '@grayscale/command-line';
import type { CountSource, JournalEntry, Store } from '@grayscale/release';
import {
  type FileStoreOptions,
  type KeptRelease,
  planPaths,
  ReleaseLoop,
  readJournal,
} from '@grayscale/release-loop';
import type { PlanFile } from './plan-file.js';

export interface SessionOptions {
  source: CountSource;
  recorded?: (entry: JournalEntry) => void;
}

/** Does something as the driver of a release. @throws CommandError when another one drives it */
export async function asDriver<T>(
  release: KeptRelease,
  { source, recorded }: SessionOptions,
  work: (loop: ReleaseLoop, store: Store) => Promise<T>,
): Promise<T> {
  const store = release.store();
  const opened = await ReleaseLoop.open({
    plan: release.plan,
    store,
    source,
    ...(recorded && { recorded }),
  });
  if (opened.kind === 'held') {
    throw new CommandError(exitCodes.heldByAnother, `the rule is held by ${opened.by}; nothing was written.`);
  }
  try {
    return await work(opened.loop, store);
  } finally {
    await opened.loop.close();
  }
}

export interface KeptFiles {
  planFile: PlanFile;
  /** As `-f` has them; absent: those that the run in the journal was started with. */
  filenames?: readonly string[] | undefined;
  commit?: boolean;
  exec?: string;
}

/** How a plan's files are kept. */
export async function storeOptions({
  planFile: { path, text, plan },
  filenames,
  commit,
  exec,
}: KeptFiles): Promise<FileStoreOptions> {
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
