import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const documents = tracked.filter((file) => !file.startsWith('conformance/') && existsSync(join(root, file)));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

describe.each(documents)('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8');

  it('links only to files that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(file), link)))).toEqual([]);
  });

  it('names only files and folders of this repository that exist', () => {
    const paths = [
      ...text.matchAll(/(?<![\w./-])(?:apps|libs|k8s|docs|tools|bench|conformance)\/[\w./-]*[\w/]/g),
    ].map(([path]) => path);
    const kept = new Set(paths.filter((path) => !path.includes('dist') && !path.includes('NAME')));
    const exists = (path: string) =>
      [root, join(root, dirname(file))].some((folder) => existsSync(join(folder, path)));
    expect([...kept].filter((path) => !exists(path))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const commands = [...text.matchAll(/npm run ([\w:-]+)(?! -w| --workspace)/g)].map(
      ([, name]) => name ?? '',
    );
    expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
