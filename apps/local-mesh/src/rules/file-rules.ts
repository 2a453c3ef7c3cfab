import { clientOf, type WorkloadOptions } from '@grayscale/command-line';
import { watchManifests } from '@grayscale/manifest-files';
import type { RuleListener, RuleSource } from './rule-source.js';

/** Rules in files, folders and kustomizations; read again on save. */
export async function openFileRules(
  filenames: readonly string[],
  caller: WorkloadOptions,
  { onChange }: RuleListener,
): Promise<RuleSource> {
  const { first, close } = await watching(filenames, onChange, caller);
  return {
    first,
    close,
    client: clientOf(caller),
    isShared: false,
    named: (count) => `${count} file${count === 1 ? '' : 's'}`,
  };
}

async function watching(
  filenames: readonly string[],
  onChange: RuleListener['onChange'],
  { meshConfig }: WorkloadOptions,
) {
  const watch = await watchManifests(filenames, onChange, meshConfig === undefined ? {} : { meshConfig });
  return { first: watch.first, close: () => watch.close() };
}
