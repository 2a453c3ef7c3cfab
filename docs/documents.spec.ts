import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const documents = tracked.filter((file) => !file.startsWith('conformance/') && existsSync(join(root, file)));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** The commands of a document, without what is said of them. */
const commandsOf = (text: string) =>
  [...text.matchAll(/^ {4}(?! )(\S.*)$/gm)]
    .map(([, line]) => (line as string).replace(/ +#.*$/, '').trimEnd())
    .filter((line) => !line.includes('-->'));
const sectionsOf = (text: string) => text.match(/^## /gm)?.length;
const imagesOf = (text: string) => [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path);

it.each(documents.filter((file) => file.endsWith('.zh-CN.md')))(
  '%s has the sections, commands and pictures of the English one',
  (file) => {
    const [translated, english] = [file, file.replace('.zh-CN', '')].map((name) =>
      readFileSync(join(root, name), 'utf8'),
    ) as [string, string];
    expect(commandsOf(translated)).toEqual(commandsOf(english));
    expect([sectionsOf(translated), imagesOf(translated)]).toEqual([sectionsOf(english), imagesOf(english)]);
  },
);

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
