import { createHash } from 'node:crypto';
import { relative } from 'node:path';

/** As much of a mutant as tells it from every other one. */
export interface MutantKey {
  fileName: string;
  location: { start: { line: number; column: number }; end: { line: number; column: number } };
  mutatorName: string;
  replacement?: string | undefined;
}

/**
 * A number in [0, 1) that a seed gives a mutant, whatever other mutants there are: those below a fraction are a sample of that size, the
 * sample of a smaller fraction is part of it, and a change of another file leaves a mutant in or out. `lines` counts from 0.
 */
export function rank(seed: number, { fileName, location, mutatorName, replacement }: MutantKey): number {
  const { start, end } = location;
  const file = relative(process.cwd(), fileName).replaceAll('\\', '/');
  const key = [seed, file, start.line, start.column, end.line, end.column, mutatorName, replacement];
  return createHash('sha256').update(JSON.stringify(key)).digest().readUInt32BE() / 2 ** 32;
}
