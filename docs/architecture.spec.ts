import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const projects = globSync(['{apps,libs}/*/package.json', 'conformance/package.json'], { cwd: root }).map(
  (file) => ({
    folder: file.replace('/package.json', ''),
    manifest: JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest,
  }),
);
const folderOf = new Map(projects.map(({ folder, manifest }) => [manifest.name, folder]));
const edges = projects.flatMap(({ folder, manifest }) =>
  Object.keys(manifest.dependencies ?? {}).flatMap((name) => {
    const target = folderOf.get(name);
    return target === undefined ? [] : [{ from: folder, to: target }];
  }),
);

it('the picture of the projects shows the dependencies that they have', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const picture = /## Projects\n\n```mermaid\n(.*?)```/s.exec(text)?.[1] ?? '';
  const labels = new Map([...picture.matchAll(/(\w+)\[([\w/-]+)\]/g)].map(([, id, label]) => [id, label]));
  const drawn = [...picture.matchAll(/^\s*(\w+)(?:\[[^\]]+\])? --> (\w+)/gm)].map(
    ([, from, to]) => `${labels.get(from)} -> ${labels.get(to)}`,
  );
  expect(drawn.sort()).toEqual(edges.map(({ from, to }) => `${from} -> ${to}`).sort());
});

it('no app depends on an app, and the engine on nothing of ours', () => {
  expect(edges.filter(({ from, to }) => from !== 'conformance' && to.startsWith('apps/'))).toEqual([]);
  expect(edges.filter(({ from }) => from === 'libs/traffic-rules')).toEqual([]);
});

interface CompilerSettings {
  references?: ReadonlyArray<{ path: string }>;
}

const referencesOf = (folder: string) => {
  const text = readFileSync(join(root, folder, 'tsconfig.json'), 'utf8');
  const { references = [] } = JSON.parse(text) as CompilerSettings;
  return references.map(({ path }) => relative(root, resolve(root, folder, path))).sort();
};
const built = projects.filter(({ folder }) => folder !== 'conformance');

it('every project is built', () => {
  expect(referencesOf('.')).toEqual(built.map(({ folder }) => folder).sort());
});

it.each(built)('$folder is built after the projects that it uses', ({ folder, manifest }) => {
  const used = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  expect(referencesOf(folder)).toEqual(used.flatMap((name) => folderOf.get(name) ?? []).sort());
});
