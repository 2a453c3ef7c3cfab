import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addOutputOptions, gather, type OutputOptions, UsageError } from '@grayscale/command-line';
import { percentText, planApiVersion, type ReleaseState, readPlan } from '@grayscale/release';
import { JournalFollower, PlanLock, planPaths } from '@grayscale/release-loop';
import { Command } from 'commander';
import { translateStoreErrors } from '../release/store-errors.js';

interface ListOptions extends OutputOptions<'text' | 'json'> {
  filename: string[];
}

/** One plan of a folder. */
interface Listed {
  plan: string;
  release: string;
  phase: ReleaseState['phase'] | 'not started';
  /** The canary's share that is wanted; absent before the first run. */
  percent?: number;
  /** The process that carries it out. */
  process?: number;
  because?: string;
}

/** `grayscale list`: the plans of folders, and where each stands. */
export function listCommand(): Command {
  const command = new Command('list')
    .description('Lists the plans in files and folders, and where each release stands.')
    .requiredOption('-f, --filename <path>', 'plan, or folder with plans; repeatable', gather);
  return addOutputOptions(command, ['text', 'json']).action(async ({ filename, output }: ListOptions) => {
    const files = (await Promise.all(filename.map(planFilesIn))).flat();
    const listed = (await Promise.all(files.map(listedAs))).flatMap((one) => one ?? []);
    process.stdout.write(output === 'json' ? json(listed) : table(listed));
  });
}

async function planFilesIn(path: string): Promise<string[]> {
  try {
    const names = await readdir(path);
    return names.filter((name) => /\.(ya?ml|json)$/.test(name)).map((name) => join(path, name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    throw new UsageError(
      code === 'ENOENT' ? `there is no file or folder ${path}.` : `${path} cannot be read: ${code}.`,
    );
  }
}

/** Undefined for a file without a plan. */
async function listedAs(file: string): Promise<Listed | undefined> {
  const follower = new JournalFollower(planPaths(file).journal);
  await translateStoreErrors(() => follower.news());
  const { state, plan = readPlan(await readFile(file, 'utf8'), file).plan } = follower;
  if (plan === undefined) return undefined;
  const holder = await PlanLock.holder(planPaths(file).lock);
  return {
    plan: file,
    release: `${plan.namespace}/${plan.name}`,
    phase: state?.phase ?? 'not started',
    ...(state === undefined ? {} : { percent: state.percent }),
    ...(holder === undefined ? {} : { process: holder.pid }),
    ...(state?.because === undefined ? {} : { because: state.because.message }),
  };
}

function json(items: readonly Listed[]): string {
  return `${JSON.stringify({ apiVersion: planApiVersion, kind: 'GrayReleaseList', items }, null, 2)}\n`;
}

function table(listed: readonly Listed[]): string {
  if (listed.length === 0) return 'no plans\n';
  const heading = ['RELEASE', 'PHASE', 'SHARE', 'PROCESS', 'PLAN'];
  const rows = listed.map(({ release, phase, percent, process: pid, plan }) => [
    release,
    phase,
    percent === undefined ? '-' : percentText(percent),
    pid === undefined ? '-' : String(pid),
    plan,
  ]);
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [heading, ...rows].map((row) => `${line(row)}\n`).join('');
}
