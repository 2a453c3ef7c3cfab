import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';

const manifests = join(import.meta.dirname, '..');

/** What a release that was carried out in this clone has left there: its journal, its lock, its commands and its marker (.gitignore). */
const leftByRelease = /\.journal\.jsonl$|\.(?:yaml|json)\.lock$|\.commands$|^\..+\.release$/;

/** Copies `k8s/`, as it is now, into a folder, which is made if need be; without what a release has left in it. */
export async function copyManifests(folder: string): Promise<void> {
  await cp(manifests, folder, { recursive: true, filter: (path) => !leftByRelease.test(basename(path)) });
}
