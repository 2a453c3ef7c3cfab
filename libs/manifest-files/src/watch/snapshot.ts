import { lstat, readlink, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The state of a set of paths, for comparing with a later one. */
export type Snapshot = string;

/** What `stat` tells of each path: it changes with the content, with a replacement by rename, and with permissions. */
export async function takeSnapshot(paths: readonly string[]): Promise<Snapshot> {
  return (await Promise.all(paths.map(stateOf))).join('\n');
}

async function stateOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/**
 * The folders whose entries decide what the paths lead to: their parents, the folders among them, and those of every
 * symbolic link on the way, with the identity that each has now.
 */
export async function foldersOf(paths: readonly string[]): Promise<Map<string, bigint>> {
  const folders = new Map<string, bigint>();
  const candidates = new Set(paths.flatMap((path) => [path, dirname(path)]));
  for (const path of paths) {
    for (const target of await linkTargets(path)) candidates.add(dirname(target));
  }
  for (const folder of candidates) {
    const stats = await stat(folder, { bigint: true }).catch(() => undefined);
    if (stats?.isDirectory()) folders.set(folder, stats.ino);
  }
  return folders;
}

async function linkTargets(path: string, depth = 0): Promise<string[]> {
  const stats = await lstat(path).catch(() => undefined);
  if (!stats?.isSymbolicLink() || depth > 40) return [];
  const target = resolve(dirname(path), await readlink(path));
  return [target, ...(await linkTargets(target, depth + 1))];
}
