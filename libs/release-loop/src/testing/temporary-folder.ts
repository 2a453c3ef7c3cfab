import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one test, removed when it is over. */
export async function temporaryFolder(): Promise<AsyncDisposable & { at(...names: string[]): string }> {
  const path = await mkdtemp(join(tmpdir(), 'release-loop-'));
  return {
    at: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: async () => {
      await rm(path, { recursive: true, force: true });
    },
  };
}
