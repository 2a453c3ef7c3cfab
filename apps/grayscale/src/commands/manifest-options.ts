import { addWorkloadOptions, gather, type WorkloadOptions, workloadOf } from '@grayscale/command-line';
import {
  checkManifests,
  isBlocking,
  issueLines,
  type ManifestIssue,
  type ManifestSet,
  readManifests,
} from '@grayscale/manifest-files';
import type { RouteTable } from '@grayscale/traffic-rules';
import type { Command } from 'commander';

/** The options that every command has: which rules, seen by which workload. */
export interface ManifestOptions extends WorkloadOptions {
  filename: string[];
}

export function addManifestOptions(command: Command): Command {
  return addWorkloadOptions(
    command.requiredOption(
      '-f, --filename <path>',
      'file, folder, kustomization or - (standard input) with rules; repeatable',
      gather,
    ),
  );
}

/** The manifests and their check; undefined, with the errors on standard error, when they cannot be put in force. */
export async function soundManifests(
  options: ManifestOptions,
): Promise<{ files: ManifestSet['files']; table: RouteTable; issues: ManifestIssue[] } | undefined> {
  const set = await readManifests(options.filename);
  const checked = checkManifests(set, workloadOf(options));
  if (checked.table !== undefined) return { files: set.files, table: checked.table, issues: checked.issues };
  const lines = [
    ...issueLines(checked.issues.filter(isBlocking)),
    'These rules cannot be put in force; correct them first. grayscale check lists all issues.',
  ];
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return undefined;
}
