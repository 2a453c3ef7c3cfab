import { type FSWatcher, watch } from 'node:fs';
import { foldersOf } from './snapshot.js';

/**
 * Calls back soon after something happened in a set of folders. It is a hint: it may come too often, and where the
 * system tells nothing (network file systems, some container mounts) it does not come at all.
 */
export class FolderHints {
  private readonly watchers = new Map<string, { identity: bigint; watcher: FSWatcher }>();
  private closed = false;

  constructor(private readonly onHint: () => void) {}

  /** Follows the folders of these paths from now on; a folder that was replaced by another is followed anew. */
  async follow(paths: readonly string[]): Promise<void> {
    const folders = await foldersOf(paths);
    if (this.closed) return;
    for (const [folder, { identity }] of this.watchers) {
      if (folders.get(folder) !== identity) this.drop(folder);
    }
    for (const [folder, identity] of folders) {
      if (!this.watchers.has(folder)) this.add(folder, identity);
    }
  }

  close(): void {
    this.closed = true;
    for (const folder of [...this.watchers.keys()]) this.drop(folder);
  }

  private add(folder: string, identity: bigint): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.onHint());
      // A folder that is removed while it is watched; the next look finds out.
      watcher.on('error', () => this.drop(folder));
      this.watchers.set(folder, { identity, watcher });
    } catch {
      // No inotify watch left, or no such folder any more: the regular look remains.
    }
  }

  private drop(folder: string): void {
    this.watchers.get(folder)?.watcher.close();
    this.watchers.delete(folder);
  }
}
