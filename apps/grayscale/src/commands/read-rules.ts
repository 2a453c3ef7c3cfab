import {
  clientOf,
  requireSource,
  revisionOf,
  type WorkloadOptions,
  withCluster,
} from '@grayscale/command-line';
import {
  type CheckedManifests,
  checkManifests,
  isBlocking,
  issueLines,
  type ManifestSet,
  readManifests,
} from '@grayscale/manifest-files';
import type { RouteTable } from '@grayscale/traffic-rules';
import type { RulesOptions, SourceOptions } from './manifest-options.js';

/** Rules as they are in their source, and which namespace is meant where none is named. */
export interface SourceRules {
  set: ManifestSet;
  /** Of the cluster's context; files have none. */
  namespace?: string;
}

/** @throws CommandError when no source is named, or the cluster does not give the rules */
export async function readRules(
  options: SourceOptions & Pick<WorkloadOptions, 'meshConfig' | 'revision' | 'namespace' | 'gateway'>,
): Promise<SourceRules> {
  requireSource(options);
  const { meshConfig, filename = [] } = options;
  const reading = meshConfig === undefined ? {} : { meshConfig };
  if (!options.cluster) return { set: await readManifests(filename, reading) };
  return await withCluster(options, async ({ client, access }) => {
    const { readLiveRules } = await import('@grayscale/cluster-client');
    const revision = revisionOf(options, access.namespace);
    const set = together(await readLiveRules(client, revision), await readManifests([], reading));
    return { set, namespace: access.namespace };
  });
}

function together(a: ManifestSet, b: ManifestSet): ManifestSet {
  return {
    files: [...a.files, ...b.files],
    issues: [...a.issues, ...b.issues],
    tracked: [...a.tracked, ...b.tracked],
  };
}

export interface SoundRules {
  files: ManifestSet['files'];
  table: RouteTable;
  issues: CheckedManifests['issues'];
}

/** The rules and their check; undefined, with the errors on standard error, when they cannot be put in force. */
export async function soundRules(options: RulesOptions): Promise<SoundRules | undefined> {
  const { set, namespace } = await readRules(options);
  const checked = checkManifests(set, clientOf(options, namespace), {
    assumeServices: options.assumeServices === true,
  });
  process.stderr.write(
    remarksOn(checked)
      .map((line) => `${line}\n`)
      .join(''),
  );
  if (checked.table === undefined) return undefined;
  return { files: set.files, table: checked.table, issues: checked.issues };
}

/** Why there is no answer, or what it goes without. */
function remarksOn({ issues, table, leftOut }: CheckedManifests): string[] {
  if (table === undefined) {
    const why = 'These rules cannot be put in force; correct them first. grayscale check lists all issues.';
    return [...issueLines(issues.filter(isBlocking)), why];
  }
  const unknown = issues.filter(({ code }) => code.startsWith('cluster-'));
  const without =
    leftOut.length === 0
      ? []
      : [
          `${named(leftOut)} cannot be put in force and ${leftOut.length === 1 ? 'is' : 'are'} left out; grayscale check --cluster says why.`,
        ];
  return [...issueLines(unknown), ...without];
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
