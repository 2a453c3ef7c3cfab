import { setTimeout as sleep } from 'node:timers/promises';
import { ManifestReader, type ManifestSet, type ReadOptions } from '../manifest-reader.js';
import { FolderHints } from './folder-hints.js';
import { looksUnfinished } from './settling.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';

/** How a watch tells a save that is complete from one that is under way. */
export interface WatchOptions extends ReadOptions {
  /** Files that were changed less than this many milliseconds ago may still be changing. */
  quietMs?: number;
  /** How long a set that looks unfinished is given to become whole, in milliseconds. */
  patienceMs?: number;
  /** How often to look where the system gives no hint, in milliseconds. */
  lookMs?: number;
}

/** A watch in progress. */
export interface ManifestWatch {
  /** What was read first. */
  readonly first: ManifestSet;
  /** Ends the watch; no call of `onChange` begins after it. */
  close(): Promise<void>;
}

/**
 * Reads manifests and reads them again whenever they change, however they are saved: in place, by rename, by replacing
 * the folder or a symbolic link on the way to it.
 * @param onChange called with each later set that differs from the one before, one at a time
 */
export async function watchManifests(
  paths: readonly string[],
  onChange: (set: ManifestSet) => void | Promise<void>,
  options: WatchOptions = {},
): Promise<ManifestWatch> {
  const watch = new Watch(new ManifestReader(paths, options), onChange, options);
  return await watch.start();
}

class Watch {
  private readonly hints = new FolderHints(() => this.look());
  private readonly quietMs: number;
  private readonly patienceMs: number;
  private readonly lookMs: number;
  private timer: NodeJS.Timeout | undefined;
  private current: ManifestSet = { files: [], issues: [], tracked: [] };
  private snapshot: Snapshot = '';
  private looking: Promise<void> = Promise.resolve();
  private pending = false;
  private closed = false;

  constructor(
    private readonly reader: ManifestReader,
    private readonly onChange: (set: ManifestSet) => void | Promise<void>,
    { quietMs = 40, patienceMs = 250, lookMs = 1000 }: WatchOptions,
  ) {
    this.quietMs = quietMs;
    this.patienceMs = patienceMs;
    this.lookMs = lookMs;
  }

  async start(): Promise<ManifestWatch> {
    await this.accept(await this.readSettled());
    const first = this.current;
    this.timer = setInterval(() => this.look(), this.lookMs);
    this.timer.unref();
    return { first, close: () => this.close() };
  }

  private async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    this.hints.close();
    // A file system that does not answer must not keep the process from ending.
    await Promise.race([this.looking, sleep(maxClosingMs, undefined, { ref: false })]);
  }

  /** One look at a time; a hint during a look leads to one more. */
  private look(): void {
    if (this.pending) return;
    this.pending = true;
    this.looking = this.looking.then(async () => {
      this.pending = false;
      if (!this.closed) await this.update();
    });
  }

  private async update(): Promise<void> {
    if ((await takeSnapshot(this.current.tracked)) === this.snapshot) return;
    const next = await this.readSettled();
    const changed = content(next.set) !== content(this.current);
    await this.accept(next);
    if (changed && !this.closed) await this.onChange(next.set);
  }

  /** Reads until nothing changed for a while and during the reading. */
  private async readSettled(): Promise<Settled> {
    let patience = this.patienceMs;
    let settled = await this.readQuiet();
    while (!this.closed && patience > 0 && looksUnfinished(settled.set, this.current)) {
      await sleep(Math.min(this.quietMs, patience));
      patience -= this.quietMs;
      if ((await takeSnapshot(settled.set.tracked)) !== settled.snapshot) settled = await this.readQuiet();
    }
    return settled;
  }

  private async readQuiet(): Promise<Settled> {
    const quietMs = this.current.tracked.length > 0 ? this.quietMs : 0;
    const deadline = performance.now() + maxSettlingMs;
    for (let { tracked } = this.current; ; ) {
      const before = await takeSnapshot(tracked);
      await sleep(quietMs);
      const isLast = this.closed || performance.now() > deadline;
      if ((await takeSnapshot(tracked)) !== before && !isLast) continue;
      const set = await this.reader.read();
      const snapshot = await takeSnapshot(set.tracked);
      const isQuiet = snapshot === before && set.tracked.join('\n') === tracked.join('\n');
      if (isQuiet || isLast) return { set, snapshot };
      tracked = set.tracked;
    }
  }

  private async accept({ set, snapshot }: Settled): Promise<void> {
    this.current = set;
    this.snapshot = snapshot;
    await this.hints.follow(set.tracked);
    // What happened between the reading and the first hint.
    if ((await takeSnapshot(set.tracked)) !== snapshot) this.look();
  }
}

interface Settled {
  set: ManifestSet;
  snapshot: Snapshot;
}

/** What closing waits for a look in progress, at most. */
const maxClosingMs = 500;

/** A file that never stops changing is taken as it is after this time. */
const maxSettlingMs = 2000;

function content({ files, issues }: ManifestSet): string {
  return JSON.stringify([files, issues]);
}
