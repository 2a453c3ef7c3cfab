import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Compares lines with the file of this name in this folder; how the files are written anew stands in README.md beside them. */
export function expectGolden(name: string, lines: readonly string[]): void {
  const file = new URL(name, import.meta.url);
  const text = `${lines.join('\n')}\n`;
  if (process.env.GOLDEN === 'write') writeFileSync(file, text);
  const hint = 'Right as it is now? GOLDEN=write npm test -- libs/traffic-rules/src';
  expect({ hint, text }).toEqual({ hint, text: existsSync(file) ? readFileSync(file, 'utf8') : '' });
}
