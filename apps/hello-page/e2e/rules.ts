import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mode, modes } from './modes.js';
import type { Stack } from './stack.js';

/** Replaces a file in one step, as many editors do: between emptying a file and filling it a test may be held up. */
export async function save(file: string, text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'save-'));
  const written = join(folder, 'written');
  await writeFile(written, text);
  await rename(written, file);
  await rm(folder, { recursive: true });
}

/** The rule files of a stack, as an editor would change them. */
export class Rules {
  readonly #originals = new Map<string, string>();
  readonly #byUserName: string;
  readonly percent: string;
  readonly byUser: string;
  readonly #kustomization: string;

  constructor(stack: Pick<Stack, 'folder'>, mode: Mode = 'internal') {
    const { folder, percent, byUser } = modes[mode];
    this.#byUserName = byUser;
    this.percent = join(stack.folder, folder, percent);
    this.byUser = join(stack.folder, folder, byUser);
    this.#kustomization = join(stack.folder, folder, 'kustomization.yaml');
  }

  async setWeights(first: number, second: number): Promise<void> {
    const values = [first, second];
    await this.edit(this.percent, (text) =>
      text.replaceAll(/weight: \S+/g, () => `weight: ${values.shift()}`),
    );
  }

  /** The rule by user takes the place of the rule by percentage; `user` is the one who gets hello-1. */
  async switchToUser(user = 'test'): Promise<void> {
    await this.edit(this.byUser, (text) => text.replace(/(exact|value): \S+/, `$1: ${user}`));
    await this.edit(this.#kustomization, (text) => text.replace(/- .*-v2-10\.yaml/, `- ${this.#byUserName}`));
  }

  async edit(file: string, change: (text: string) => string): Promise<void> {
    const text = await readFile(file, 'utf8');
    if (!this.#originals.has(file)) this.#originals.set(file, text);
    await save(file, change(text));
  }

  /** Puts every file back as it was. */
  async restore(): Promise<void> {
    for (const [file, text] of this.#originals) await save(file, text);
    this.#originals.clear();
  }
}
