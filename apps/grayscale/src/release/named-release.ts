import {
  addClusterOptions,
  type ClusterOptions,
  gather,
  namespace as namespaceName,
  withCluster,
} from '@grayscale/command-line';
import { FileRelease, type KeptRelease } from '@grayscale/release-loop';
import type { Command } from 'commander';
import { readFollowedPlan, readPlanFile } from './plan-file.js';
import { storeOptions } from './session.js';
import { translateStoreErrors } from './store-errors.js';

/** Where a release is: its rules in files and its memory beside the plan, or both in a cluster. */
export interface ReleaseOptions extends ClusterOptions {
  filename?: string[];
  /** Of a NAME in a cluster; the context's without it. */
  namespace?: string;
}

/** A release that a command is about. */
export interface NamedRelease {
  /** As it is called in messages: the plan's file, or its name in the cluster. */
  name: string;
  /** Where it is carried out in the background, what that process prints goes here. */
  log: string;
  release: KeptRelease;
}

/** How a release is meant to be used. */
export interface ReleaseUse {
  /** `start`: by the plan as it is written now. `steer`: by the one that it follows. `look`: nothing is written, so the rules need not be known. */
  for: 'start' | 'steer' | 'look';
  commit?: boolean;
  exec?: string;
  /** How long an API server that does not answer is waited for, in milliseconds; without end unless given. */
  patience?: number;
  /** Ends that waiting. */
  signal?: AbortSignal;
}

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
