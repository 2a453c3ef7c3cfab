import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { satisfies } from 'semver';

const root = resolve(import.meta.dirname, '..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const manifests = globSync(
  ['package.json', '{apps,libs}/*/package.json', '{conformance,bench}/package.json'],
  { cwd: root },
);

it('every dependency has a line that says why, and every line a dependency', () => {
  const used = manifests.flatMap((file) => {
    const { dependencies, devDependencies, peerDependencies } = read(file) as Manifest;
    return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
  });
  const text = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const lines = [...text.matchAll(/^- ((?:`[^`]+`(?:, )?)+): /gm)].flatMap(
    ([, names = '']) => names.match(/[^`, ]+/g) ?? [],
  );
  const own = new Set(manifests.map((file) => (read(file) as Manifest).name));
  const foreign = new Set(used.filter((name) => !name.startsWith('@grayscale/') && !own.has(name)));
  expect(lines.toSorted()).toEqual([...foreign].sort());
});

it('no package asks for another Node than README names, so that npm ci has nothing to warn of', () => {
  const [, oldest = ''] = /Node >= ([\d.]+)/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  expect(read('package.json').engines.node).toBe(`>=${oldest}`);
  const { packages } = read('package-lock.json') as {
    packages: Record<string, { engines?: { node?: string } }>;
  };
  // The oldest one and every line after it that Node.js supports, or will; 24 from its first long-term release on.
  for (const version of [`${oldest}.0`, '24.11.0', '26.0.0']) {
    const others = Object.entries(packages).filter(
      ([, { engines }]) => !satisfies(version, engines?.node ?? '*'),
    );
    expect(others.map(([path, { engines }]) => `${path}: ${engines?.node}, not ${version}`)).toEqual([]);
  }
});

describe('licences', () => {
  const permissive = new Set([
    '0BSD',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    'ISC',
    'MIT',
    'PSF-2.0',
    'Python-2.0',
    'Unlicense',
  ]);
  // Used while developing, in no image and no package.
  const inDevelopment = new Set([...permissive, 'CC-BY-4.0', 'CC0-1.0', 'MPL-2.0']);

  // They say it in the old form, `licenses: [...]`, which the lock does not take over.
  const oldForm: Record<string, string> = {
    'node_modules/busboy': 'MIT',
    'node_modules/streamsearch': 'MIT',
  };

  interface Locked {
    version?: string;
    license?: string;
    dev?: boolean;
    link?: boolean;
    optional?: boolean;
  }
  const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
  const installed = Object.entries(packages).filter(
    // What has no licence in the lock is a package for another platform: see tools/complete-lock.js.
    ([path, { link, license, optional }]) =>
      path.includes('node_modules/') && !link && !(optional && license === undefined),
  );
  const allows = (allowed: ReadonlySet<string>, license = 'none') =>
    license
      .replace(/[()]/g, '')
      .split(' OR ')
      .some((choice) => choice.split(' AND ').every((one) => allowed.has(one)));

  it.each([
    { what: 'runs', dev: false, allowed: permissive },
    { what: 'is used in development', dev: true, allowed: inDevelopment },
  ])('everything that $what has a licence that Apache-2.0 goes with', ({ dev, allowed }) => {
    const concerned = installed.filter(([, locked]) => (locked.dev ?? false) === dev);
    expect(concerned).not.toHaveLength(0);
    const refused = concerned.filter(([path, { license }]) => !allows(allowed, license ?? oldForm[path]));
    expect(refused.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});
