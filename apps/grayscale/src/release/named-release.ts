import { addClusterOptions, gather, namespace as namespaceName, withCluster } from '@grayscale/command-line';
import { FileRelease } from '@grayscale/release-loop';
import type { Command } from 'commander';
import { readFollowedPlan, readPlanFile } from './plan-file.js';
import type { NamedRelease, ReleaseOptions, ReleaseUse } from './release-use.js';
import { storeOptions } from './session.js';
import { translateStoreErrors } from './store-errors.js';

export const planArgument = 'file of the plan; with --cluster also the name of a release';

/** Adds `--cluster` with what belongs to it, and `-n`. */
export function addReleaseOptions(command: Command, description: string): Command {
  return addClusterOptions(command, description).option(
    '-n, --namespace <name>',
    "with --cluster, namespace of a release that is named; the context's without it",
    namespaceName,
  );
}

export function addFilenameOption(command: Command, description: string): Command {
  return command.option('-f, --filename <path>', description, gather);
}

/** Finds a release, and works on it. @throws CommandError when there is none, or it cannot be read or written */
export async function withRelease<Result>(
  named: string,
  options: ReleaseOptions,
  use: ReleaseUse,
  work: (release: NamedRelease) => Promise<Result>,
): Promise<Result> {
  if (!options.cluster)
    return await translateStoreErrors(async () => work(await fileRelease(named, options, use)));
  return await withCluster(options, async (cluster) => {
    const { clusterRelease } = await import('./cluster-release.js');
    return await translateStoreErrors(async () => work(await clusterRelease(cluster, named, options, use)));
  });
}

async function fileRelease(path: string, options: ReleaseOptions, use: ReleaseUse): Promise<NamedRelease> {
  const planFile = await (use.for === 'start' ? readPlanFile(path) : readFollowedPlan(path));
  const filenames = use.for === 'look' ? [] : options.filename;
  const { commit, exec } = use;
  const kept = { planFile, filenames, ...(commit && { commit }), ...(exec && { exec }) };
  return { name: path, log: `${path}.log`, release: new FileRelease(await storeOptions(kept)) };
}
