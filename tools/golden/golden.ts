import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Compares lines with the file that says what they have to be. `GOLDEN=write` writes the file anew; what changed is then read in the
 * commit, where a wrong line stands out.
 */
export function expectGolden(file: URL, lines: readonly string[]): void {
  const text = `${lines.join('\n')}\n`;
  if (process.env.GOLDEN === 'write') writeFileSync(file, text);
  const name = relative('.', fileURLToPath(file));
  const hint = `${name}: right as it is now? GOLDEN=write npm test -- FOLDER`;
  expect({ hint, text }).toEqual({ hint, text: existsSync(file) ? readFileSync(file, 'utf8') : '' });
}
