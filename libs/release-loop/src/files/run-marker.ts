import { randomBytes } from 'node:crypto';
import { link, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isOver, type ObjectName, type ReleaseState } from '@grayscale/release';
import { readJournal } from './journal.js';
import { PlanLock } from './plan-lock.js';
import { planPaths } from './plan-paths.js';
import { StoreError } from './store-error.js';

/** The object that is marked, by its names. */
export interface MarkedObject extends ObjectName {
  kind: string;
}

/** Marks the file of a VirtualService or route as being under release, from the start of a run to its end, also while no process drives it. */
export class RunMarker {
  private constructor(
    private readonly path: string,
    private readonly plan: string,
  ) {}

  /** @param manifest the file that has the object; @param plan the plan's file */
  static async of(
    manifest: string,
    { kind, namespace, name }: MarkedObject,
    plan: string,
  ): Promise<RunMarker> {
    const folder = dirname(await realpath(manifest));
    // A namespace has no capital letters, so that a route's mark is nobody else's.
    const object = kind === 'VirtualService' ? `${namespace}.${name}` : `${kind}.${namespace}.${name}`;
    // Not `.json` or `.yaml`: a folder of manifests is read by its file names.
    return new RunMarker(join(folder, `.${object}.release`), resolve(plan));
  }

  /** The plan that has an object of that file under release now; undefined when none has. */
  static async running(manifest: string, identity: MarkedObject): Promise<string | undefined> {
    const owner = await (await RunMarker.of(manifest, identity, '')).owner();
    return owner !== undefined && (await isRunning(owner)) ? owner : undefined;
  }

  /** Sets the mark. @returns the plan that has set it before and is not at its end, if there is one */
  async set(): Promise<string | undefined> {
    for (;;) {
      const other = await this.owner();
      if (other === this.plan) return undefined;
      if (other !== undefined && (await isRunning(other))) return other;
      if (other !== undefined) await this.discard(other);
      if (await this.claim()) return undefined;
    }
  }

  /** Takes the mark away, if it is this plan's. */
  async clear(): Promise<void> {
    if ((await this.owner()) === this.plan) await rm(this.path, { force: true });
  }

  private async owner(): Promise<string | undefined> {
    const text = await readFile(this.path, 'utf8').catch(() => undefined);
    return text === undefined || text.trim() === '' ? undefined : text.trim();
  }

  /** Takes away a mark that stands for nothing any more; another one that came meanwhile is put back. */
  private async discard(stale: string): Promise<void> {
    const aside = `${this.path}.${randomBytes(6).toString('hex')}`;
    try {
      await rename(this.path, aside);
      if ((await readFile(aside, 'utf8')).trim() !== stale) await link(aside, this.path);
    } catch {
      // Somebody else was faster; the caller looks again.
    } finally {
      await rm(aside, { force: true });
    }
  }

  /** @returns false when somebody was faster */
  private async claim(): Promise<boolean> {
    const temporary = `${this.path}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(temporary, `${this.plan}\n`, { flag: 'wx' });
      await link(temporary, this.path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw StoreError.of(error, `The release cannot be marked in ${this.path}`);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

/** Whether a plan has begun a run and not ended it, or a process is about to. */
async function isRunning(plan: string): Promise<boolean> {
  const paths = planPaths(plan);
  if ((await PlanLock.holder(paths.lock)) !== undefined) return true;
  const entries = await readJournal(paths.journal);
  const state = entries.findLast((entry) => entry.state !== undefined)?.state as ReleaseState | undefined;
  return state !== undefined && !isOver(state.phase);
}
