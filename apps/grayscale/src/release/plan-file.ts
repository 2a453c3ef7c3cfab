import { readFile } from 'node:fs/promises';
import { CommandError, exitCodes, UsageError } from '@grayscale/command-line';
import { issueLine } from '@grayscale/manifest-files';
import { type Plan, readPlan } from '@grayscale/release';
import { planInForce, planPaths, readJournal } from '@grayscale/release-loop';
import { translateStoreErrors } from './store-errors.js';

/** A plan, and where it stands. */
export interface PlanFile {
  path: string;
  text: string;
  plan: Plan;
}

/** Reads a plan. @throws CommandError with a line for each mistake */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(reasons[error.code ?? '']?.(path) ?? `${path} cannot be read: ${error.message}`);
  });
  const { plan, issues } = readPlan(text, path);
  const lines = issues.map(issueLine);
  if (plan === undefined)
    throw new CommandError(exitCodes.invalidInput, ['the plan is not valid', ...lines].join('\n'));
  if (lines.length > 0) process.stderr.write(`${lines.join('\n')}\n`);
  return { path, text, plan };
}

/**
 * The plan that a release follows: the one in its journal, however its file was changed or broken since. Nothing that somebody edits may stand in the
 * way of an abort. Before the first run, the file's. @throws CommandError
 */
export async function readFollowedPlan(path: string): Promise<PlanFile> {
  const plan = planInForce(await translateStoreErrors(() => readJournal(planPaths(path).journal)));
  if (plan === undefined) return readPlanFile(path);
  return { path, text: await readFile(path, 'utf8').catch(() => ''), plan };
}

const reasons: Record<string, (path: string) => string> = {
  ENOENT: (path) => `there is no plan ${path}; write the path of its file.`,
  EISDIR: (path) => `${path} is a folder; write the path of the plan's file in it.`,
  EACCES: (path) => `${path} cannot be read: permission denied.`,
};
