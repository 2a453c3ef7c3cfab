import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from '@swc/core';
import { check } from 'recheck';

const root = resolve(import.meta.dirname, '..');
/** Programs that meet texts of users. Tests and benches meet their own. */
const sources = globSync(['{apps,libs}/*/{src,web,bin}/**/*.{ts,js}', 'tools/*.{ts,js}'], {
  cwd: root,
}).filter((file) => !/\.spec\.ts$|\/testing\//.test(file));

interface Expression {
  source: string;
  flags: string;
}

/** The regular expressions that a program writes down, and whether it makes any while it runs. */
function expressionsIn(file: string): { literals: Expression[]; madeFromText: boolean } {
  const text = readFileSync(join(root, file), 'utf8');
  const syntax = file.endsWith('.ts') ? 'typescript' : 'ecmascript';
  const found = { literals: [] as Expression[], madeFromText: false };
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, pattern, flags, callee } = node as Record<string, unknown>;
    if (type === 'RegExpLiteral') found.literals.push({ source: String(pattern), flags: String(flags) });
    if ((callee as { value?: string } | undefined)?.value === 'RegExp') found.madeFromText = true;
    Object.values(node).forEach(visit);
  };
  visit(parseSync(text, { syntax, decorators: true, target: 'esnext' }).body);
  return found;
}

/** A sticky expression is tried at one place, as one that begins with `^`. */
function anchored({ source, flags }: Expression): [string, string] {
  const isSticky = flags.includes('y');
  return [isSticky ? `^(?:${source})` : source, flags.replace(/[dvy]/g, '')];
}

it('no regular expression takes more than linear time, whatever the text', async () => {
  const places = new Map<string, { file: string; expression: Expression }>();
  for (const file of sources) {
    for (const expression of expressionsIn(file).literals)
      places.set(`/${expression.source}/${expression.flags}`, { file, expression });
  }
  expect(places.size).toBeGreaterThan(100);
  const slow: string[] = [];
  for (const [literal, { file, expression }] of places) {
    const found = await check(...anchored(expression), { timeout: 60_000 });
    if (found.status === 'unknown') slow.push(`${file}: ${literal} cannot be proved`);
    if (found.status === 'vulnerable') slow.push(`${file}: ${literal} ${found.complexity.summary}`);
  }
  expect(slow).toEqual([]);
}, 600_000);

it('no regular expression is made while a program runs, where none could look at it', () => {
  const allowed = [
    // Of an expression that the application's programmer wrote, for the host that the application calls.
    'libs/header-propagation/src/target-pattern.ts',
  ];
  expect(sources.filter((file) => expressionsIn(file).madeFromText).toSorted()).toEqual(allowed);
});
