import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

interface Manifest {
  name: string;
  version: string;
  description?: string;
  license?: string;
  private?: boolean;
  repository?: { type: string; url: string; directory?: string };
  engines: { node: string };
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;
const workspace = read('package.json');
const manifests = globSync('{apps,libs}/*/package.json', { cwd: root }).map((file) => ({
  ...read(file),
  folder: dirname(file),
}));
const published = manifests.filter((manifest) => manifest.private !== true);

describe.each(published)('$name, which is published', ({ folder, description, ...manifest }) => {
  it('says what it is, whose it is, and where it comes from', () => {
    expect(description).toMatch(/^[A-Z].*\.$/);
    expect(manifest.license).toBe(workspace.license);
    expect(manifest.repository).toEqual({ ...workspace.repository, directory: folder });
  });

  it('is built anew when it is packed, with the licence, and has a README', () => {
    expect(manifest.scripts?.prepack).toMatch(/prepack\.js|tsc --build/);
    expect(existsSync(join(root, folder, 'README.md'))).toBe(true);
  });

  it('depends on nothing of ours that is not published, and on the version that is here', () => {
    const versions = new Map(published.map(({ name, version }) => [name, version]));
    const own = Object.entries(manifest.dependencies ?? {}).filter(([name]) =>
      manifests.some((other) => other.name === name),
    );
    expect(own).toEqual(own.map(([name]) => [name, versions.get(name)]));
  });
});

it('every package asks for the Node of the workspace; header-propagation is for older applications as well', () => {
  const other = manifests.filter(({ engines }) => engines.node !== workspace.engines.node);
  expect(other.map(({ name }) => name)).toEqual(['@grayscale/header-propagation']);
});
