import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const files = globSync('{apps,libs,conformance,bench,tools,docs,k8s}/**/*.{js,mjs,ts}', {
  cwd: root,
  exclude: (name) => /node_modules|^dist$/.test(String(name)),
}).filter((file) => !/node_modules|\/dist\/|\.d\.ts$/.test(file));

const statement = /^(?:import|export)\b[^;]*?from '(\.{1,2}\/[^']+)'/gms;
const call = /\bimport\('(\.{1,2}\/[^']+)'\)/g;

/** What a file imports by a relative path, types included: a circle of types is one of ideas. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(statement), ...text.matchAll(call)].map(([, path]) => {
    const target = join(dirname(file), path as string);
    return files.includes(target) ? target : target.replace(/\.js$/, '.ts');
  });
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** Groups of files that lead back to themselves (Tarjan's strongly connected components of more than one file). */
function circles(): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) as number);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!imports.has(next)) continue;
      if (!index.has(next)) visit(next);
      else if (!stack.includes(next)) continue;
      low.set(file, Math.min(low.get(file) as number, low.get(next) as number));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group.sort());
  };
  for (const file of files) if (!index.has(file)) visit(file);
  return found;
}

it('no file leads back to itself by what it imports', () => {
  expect(circles()).toEqual([]);
});

/** Tries the readers of texts of every project, those that it keeps to itself as well. */
const seesAll = 'tools/long-texts/readers.ts';

/** `apps/local-mesh` of a file in it; undefined outside of the apps. */
const appOf = (file: string) => /^apps\/[^/]+\//.exec(file)?.[0];

it('nobody imports an app by a path from outside; what it has for others stands in its exports', () => {
  const reaches = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => appOf(target) !== undefined && appOf(target) !== appOf(file))
      .map((target) => `${file} -> ${target}`),
  );
  expect(reaches.filter((reach) => !reach.startsWith(`${seesAll} `))).toEqual([]);
});
