import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from './stack.js';

/** The rule files of a stack, as an editor would change them. */
export class Rules {
  readonly #originals = new Map<string, string>();
  readonly #folder: string;
  readonly percent: string;
  readonly byUser: string;
  readonly #kustomization: string;

  constructor(stack: Pick<Stack, 'folder'>) {
    this.#folder = join(stack.folder, 'internal');
    this.percent = join(this.#folder, 'virtual-service-v2-10.yaml');
    this.byUser = join(this.#folder, 'virtual-service-test-v1.yaml');
    this.#kustomization = join(this.#folder, 'kustomization.yaml');
  }

  async setWeights(first: number, second: number): Promise<void> {
    const values = [first, second];
    await this.edit(this.percent, (text) =>
      text.replaceAll(/weight: \S+/g, () => `weight: ${values.shift()}`),
    );
  }

  /** The rule by user takes the place of the rule by percentage; `user` is the one who gets hello-1. */
  async switchToUser(user = 'test'): Promise<void> {
    await this.edit(this.byUser, (text) => text.replace(/exact: \S+/, `exact: ${user}`));
    await this.edit(this.#kustomization, (text) =>
      text.replace(/- .*virtual-service.*\.yaml/, '- virtual-service-test-v1.yaml'),
    );
  }

  async edit(file: string, change: (text: string) => string): Promise<void> {
    const text = await readFile(file, 'utf8');
    if (!this.#originals.has(file)) this.#originals.set(file, text);
    await writeFile(file, change(text));
  }

  /** Puts every file back as it was. */
  async restore(): Promise<void> {
    for (const [file, text] of this.#originals) await writeFile(file, text);
    this.#originals.clear();
  }
}
