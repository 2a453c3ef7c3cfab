import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addOutputOptions,
  type OutputOptions,
  requireSource,
  UsageError,
  withCluster,
} from '@grayscale/command-line';
import { percentText, planApiVersion, readPlan } from '@grayscale/release';
import { JournalFollower, PlanLock, planPaths } from '@grayscale/release-loop';
import { Command } from 'commander';
import type { Listed } from '../release/listed.js';
import { addFilenameOption, addReleaseOptions } from '../release/named-release.js';
import type { ReleaseOptions } from '../release/release-use.js';
import { translateStoreErrors } from '../release/store-errors.js';

interface ListOptions extends ReleaseOptions, OutputOptions<'text' | 'json'> {
  allNamespaces?: true;
}

/** `grayscale list`: the plans of folders or the releases of a cluster, and where each stands. */
export function listCommand(): Command {
  const command = new Command('list').description(
    'Lists the plans in files and folders, or the releases of a cluster, and where each stands.',
  );
  addFilenameOption(command, 'plan, or folder with plans; repeatable');
  addReleaseOptions(command, 'the releases of a cluster');
  return addOutputOptions(command, ['text', 'json'])
    .option('-A, --all-namespaces', 'with --cluster, of all namespaces')
    .action(async (options: ListOptions) => {
      requireSource(options);
      const listed = await (options.cluster
        ? listedInCluster(options)
        : listedInFiles(options.filename ?? []));
      process.stdout.write(options.output === 'json' ? json(listed) : table(listed));
    });
}

async function listedInCluster(options: ListOptions): Promise<Listed[]> {
  return await withCluster(options, async (cluster) => {
    const { listCluster } = await import('../release/cluster-list.js');
    const namespace = options.allNamespaces ? undefined : (options.namespace ?? cluster.access.namespace);
    return await listCluster(cluster, namespace);
  });
}

async function listedInFiles(filenames: readonly string[]): Promise<Listed[]> {
  const files = (await Promise.all(filenames.map(planFilesIn))).flat();
  return (await Promise.all(files.map(listedAs))).flatMap((one) => one ?? []);
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
    ...(holder === undefined ? {} : { process: holder.pid, driver: `process ${holder.pid}` }),
    ...(state?.because === undefined ? {} : { because: state.because.message }),
  };
}

function json(items: readonly Listed[]): string {
  return `${JSON.stringify({ apiVersion: planApiVersion, kind: 'GrayReleaseList', items }, null, 2)}\n`;
}

function table(listed: readonly Listed[]): string {
  if (listed.length === 0) return 'no releases\n';
  const heading = ['RELEASE', 'PHASE', 'SHARE', 'DRIVEN BY', 'PLAN'];
  const rows = listed.map(({ release, phase, percent, driver, plan }) => [
    release,
    phase,
    percent === undefined ? '-' : percentText(percent),
    driver ?? '-',
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
