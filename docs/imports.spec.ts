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

/** Groups of nodes that lead back to themselves (Tarjan's strongly connected components of more than one node). */
function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) as number);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!edges.has(next)) continue;
      if (!index.has(next)) visit(next);
      else if (!stack.includes(next)) continue;
      low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group.sort());
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return found;
}

it('no file leads back to itself by what it imports', () => {
  expect(circlesOf(imports)).toEqual([]);
});

/** Where code for users stands: a project, and the folders below its sources. Tests may look anywhere. */
const isProduct = (file: string) => /\/(?:src|web)\//.test(file) && !/\.spec\.ts$|\/testing\//.test(file);

/** Folders by the folders that their files import from; a folder and what lies below it are parts of one thing. */
function folders(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [file, targets] of [...imports].filter(([file]) => isProduct(file))) {
    const from = dirname(file);
    const others = targets.map((target) => dirname(target)).filter((to) => !isPartOf(to, from));
    found.set(from, [...(found.get(from) ?? []), ...others]);
  }
  return found;
}

const isPartOf = (a: string, b: string) => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);

it('no folder leads back to itself by what its files import', () => {
  expect(circlesOf(folders())).toEqual([]);
});

/** `libs/release` of a file in it; undefined outside of apps and libraries. */
const projectOf = (file: string) => /^(?:apps|libs)\/[^/]+(?=\/)/.exec(file)?.[0];

it('no project is made of files of another; package.json says what it depends on', () => {
  const reaches = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) => isProduct(file) && projectOf(target) !== projectOf(file))
      .map((target) => `${file} -> ${target}`),
  );
  expect(reaches).toEqual([]);
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
