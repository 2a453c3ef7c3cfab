import { globSync, readFileSync } from 'node:fs';
import type { Mutant } from '@stryker-mutator/api/core';
import { Instrumenter } from '@stryker-mutator/instrumenter';

const silent = new Proxy({}, { get: () => () => false });

/** Every mutant of the files that the globs name (`!` takes away), as Stryker will make them. */
export async function mutantsOf(globs: string[]): Promise<readonly Mutant[]> {
  const exclude = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const names = globSync(
    globs.filter((glob) => !glob.startsWith('!')),
    { exclude },
  );
  const files = names.map((name) => ({ name, content: readFileSync(name, 'utf8'), mutate: true }));
  const options = { plugins: null, ignorers: [], excludedMutations: [] };
  const { mutants } = await new Instrumenter(silent as never).instrument(files, options as never);
  return mutants;
}
