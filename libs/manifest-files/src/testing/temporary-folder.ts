import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder for one test, with files in it; removed when the test is over. */
export async function temporaryFolder(files: Record<string, string> = {}): Promise<TemporaryFolder> {
  const folder = new TemporaryFolder(await mkdtemp(join(tmpdir(), 'manifest-files-')));
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
  return folder;
}

export class TemporaryFolder {
  constructor(readonly path: string) {}

  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  async write(name: string, text: string | Uint8Array): Promise<void> {
    await mkdir(dirname(this.at(name)), { recursive: true });
    await writeFile(this.at(name), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
