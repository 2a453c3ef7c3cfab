import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { expectGolden } from '../../../tools/golden/golden.js';
import { emptiedFiles } from './emptied-files.js';
import { issueLine } from './issue-lines.js';
import { readManifests } from './manifest-reader.js';
import { parseManifests } from './parse-manifests.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { maxFileBytes } from './text-file.js';

const service =
  'apiVersion: v1\nkind: Service\nmetadata: {name: NAME}\nspec: {ports: [{port: 80, name: http}]}\n';
const services = (count: number) =>
  Array.from({ length: count }, (_, index) => service.replace('NAME', `s${index}`)).join('---\n');

/** Everything that may lie where a manifest is looked for. */
async function filled() {
  const folder = await temporaryFolder({
    'good.yaml': services(1),
    'binary.yaml': 'a\0b',
    'empty.yaml': '',
    'notes.txt': 'a: 1\n',
    'broken.yaml': 'a: [\n',
  });
  await writeFile(folder.at('latin.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe4, 0x0a]));
  await writeFile(folder.at('utf16.yaml'), Buffer.from(`\ufeff${services(1)}`, 'utf16le'));
  await writeFile(folder.at('large.yaml'), '');
  await truncate(folder.at('large.yaml'), maxFileBytes + 1);
  await writeFile(folder.at('fits.yaml'), ' '.repeat(maxFileBytes));
  await mkdir(folder.at('folder.yaml'));
  await mkdir(folder.at('bare'));
  execFileSync('mkfifo', [folder.at('pipe.yaml')]);
  await symlink('circle.yaml', folder.at('circle.yaml'));
  await symlink('nowhere.yaml', folder.at('lost.yaml'));
  return folder;
}

const names = [
  'good.yaml',
  'binary.yaml',
  'empty.yaml',
  'notes.txt',
  'broken.yaml',
  'latin.yaml',
  'utf16.yaml',
  'large.yaml',
  'fits.yaml',
  'folder.yaml',
  'bare',
  'circle.yaml',
  'lost.yaml',
  'missing.yaml',
  'good.yaml/below',
];

it('what is said of files that are no manifests: named, in a folder, and by a kustomization', async () => {
  await using folder = await filled();
  const said = async (...paths: string[]) => {
    const { files, issues } = await readManifests(paths);
    const text = (path: string) => path.replaceAll(folder.path, 'DIR');
    return [
      ...files.map(({ path, text: read }) => `  read ${text(path)}, ${read.length}`),
      ...issues.map((issue) => `  ${text(issueLine(issue))}`),
    ];
  };
  const lines: string[] = [];
  for (const name of names) lines.push(`named ${name}`, ...(await said(folder.at(name))));
  lines.push('the folder', ...(await said(folder.path)));
  for (const [field, list] of [
    ['resources', (name: string) => `[${name}]`],
    ['patches', (name: string) => `[{path: ${name}}]`],
    ['components', (name: string) => `[${name}]`],
  ] as const)
    for (const name of [...names, 'pipe.yaml', '.', '..']) {
      const kustomization = `resources: [good.yaml]\n${field}: ${list(name)}\n`;
      await writeFile(
        folder.at('bare/kustomization.yaml'),
        kustomization.replaceAll(/(?<=\[|path: )(?!good)(?=[a-z])/g, '../'),
      );
      lines.push(`${field} ${name}`, ...(await said(folder.at('bare'))));
    }
  expectGolden(new URL('../test/golden/unreadable.txt', import.meta.url), lines);
});

it.each([
  [1, 'Service s0'],
  [3, 'Service s0, Service s1, Service s2'],
  [4, 'Service s0, Service s1, Service s2 and 1 more'],
  [5, 'Service s0, Service s1, Service s2 and 2 more'],
])('a file that is emptied is said to have held its resources: %i', async (count, held) => {
  await using folder = await temporaryFolder({
    'a.yaml': services(count),
    'b.yaml': service.replace('NAME', 'other'),
  });
  const { resources } = parseManifests((await readManifests([folder.path])).files);
  await writeFile(folder.at('a.yaml'), '# nothing\n');
  const issues = emptiedFiles(await readManifests([folder.path]), resources);
  const message = `${folder.at('a.yaml')} held ${held}, and now holds nothing. Save it again with its resources, or delete it if they are to go.`;
  expect(issues).toMatchObject([
    { code: 'file-emptied', severity: 'error', file: folder.at('a.yaml'), message },
  ]);
});
