import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';
import { StoreError } from './store-error.js';

/**
 * Makes one process the only driver of a plan. Each contender puts a file with its pid and start time into the lock's folder and then looks for
 * others: of two, the later one sees the earlier, so that never both go on, and what a dead process left is in nobody's way.
 */
export class PlanLock {
  private constructor(
    private readonly folder: string,
    private readonly file: string,
  ) {}

  /** @returns the lock, or the process that holds it */
  static async acquire(folder: string): Promise<PlanLock | ProcessIdentity> {
    const own = await ownIdentity();
    const lock = new PlanLock(folder, `${own.pid}-${randomBytes(6).toString('hex')}.json`);
    try {
      await mkdir(folder, { recursive: true });
      await lock.enter(own);
      const holder = await lock.otherHolder();
      if (holder === undefined) return lock;
      await lock.release();
      return holder;
    } catch (error) {
      throw StoreError.of(error, `The lock ${folder} cannot be taken`);
    }
  }

  /** The process that holds a plan now, if any does. */
  static async holder(folder: string): Promise<ProcessIdentity | undefined> {
    return await new PlanLock(folder, '').otherHolder();
  }

  async release(): Promise<void> {
    await rm(join(this.folder, this.file), { force: true });
  }

  private async enter(own: ProcessIdentity): Promise<void> {
    const path = join(this.folder, this.file);
    const file = await open(`${path}.new`, 'w');
    await file.writeFile(JSON.stringify(own));
    await file.close();
    await rename(`${path}.new`, path);
  }

  private async otherHolder(): Promise<ProcessIdentity | undefined> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (name === this.file || !name.endsWith('.json')) continue;
      const other = await identityIn(join(this.folder, name));
      if (other === undefined) continue;
      if (await isRunning(other)) return other;
      await rm(join(this.folder, name), { force: true }).catch(() => {});
    }
    return undefined;
  }
}

/** Undefined when it is gone meanwhile. */
async function identityIn(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    // Renamed whole, so nobody of ours wrote it.
    return undefined;
  }
}
