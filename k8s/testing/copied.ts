import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

const manifests = join(import.meta.dirname, '..');

/**
 * The files of `k8s/`, as they are now, without those that git ignores: a release that was carried out in this clone has left its
 * journal, its lock and its marker there.
 */
function files(): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const listed = execFileSync('git', args, { cwd: manifests, encoding: 'utf8' }).split('\0');
  return listed.filter((file) => file !== '' && existsSync(join(manifests, file)));
}

/** Copies `k8s/` into a folder, which is made if need be. */
export async function copyManifests(folder: string): Promise<void> {
  for (const file of files()) await cp(join(manifests, file), join(folder, file));
}
