import { chmod, link, lstat, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { type TemporaryFolder, temporaryFolder } from '../testing/temporary-folder.js';
import { replaceFile } from './replace-file.js';

const isRoot = process.getuid?.() === 0;

async function texts(folder: TemporaryFolder): Promise<Record<string, string>> {
  const names = await readdir(folder.path);
  const pairs = names.map(async (name) => [name, await readFile(folder.at(name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(pairs));
}

describe('replacing a file', () => {
  it('writes the new text, keeps the mode, and leaves nothing else behind', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': '\uFEFFa: 1\r\n' });
    await chmod(folder.at('a.yaml'), 0o666);
    expect(await replaceFile(folder.at('a.yaml'), '\uFEFFa: 1\r\n', '\uFEFFa: 2\r\n')).toBeUndefined();
    expect(await texts(folder)).toEqual({ 'a.yaml': '\uFEFFa: 2\r\n' });
    expect((await stat(folder.at('a.yaml'))).mode & 0o777).toBe(0o666);
  });

  it('follows symbolic links to the file, which stay links', async () => {
    await using folder = await temporaryFolder({ 'real/a.yaml': 'old' });
    await symlink('real/a.yaml', folder.at('link.yaml'));
    await symlink('link.yaml', folder.at('second.yaml'));
    expect(await replaceFile(folder.at('second.yaml'), 'old', 'new')).toBeUndefined();
    expect(await readFile(folder.at('real/a.yaml'), 'utf8')).toBe('new');
    expect((await lstat(folder.at('second.yaml'))).isSymbolicLink()).toBe(true);
    expect(await readdir(folder.at('real'))).toEqual(['a.yaml']);
  });

  it('writes nothing over an edit that it does not know', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'theirs' });
    const issue = await replaceFile(folder.at('a.yaml'), 'old', 'new');
    expect(issue).toMatchObject({ code: 'edit-conflict', file: folder.at('a.yaml') });
    expect(await texts(folder)).toEqual({ 'a.yaml': 'theirs' });
  });

  it('never shows a reader anything but one of the two texts', async () => {
    const [old, renewed] = ['o'.repeat(1 << 20), 'n'.repeat(1 << 20)];
    await using folder = await temporaryFolder({ 'a.yaml': old });
    const seen = new Set<string>();
    let isOver = false;
    const reading = (async () => {
      while (!isOver) seen.add(await readFile(folder.at('a.yaml'), 'utf8'));
    })();
    for (let turn = 0; turn < 10; turn += 1) {
      const [before, after] = turn % 2 === 0 ? [old, renewed] : [renewed, old];
      expect(await replaceFile(folder.at('a.yaml'), before, after)).toBeUndefined();
    }
    isOver = true;
    await reading;
    expect([...seen].every((text) => text === old || text === renewed)).toBe(true);
  });

  it('leaves another name of the same file as it was', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'old' });
    await link(folder.at('a.yaml'), folder.at('b.yaml'));
    await replaceFile(folder.at('a.yaml'), 'old', 'new');
    expect(await texts(folder)).toEqual({ 'a.yaml': 'new', 'b.yaml': 'old' });
  });

  const unless = (condition: boolean) => (condition ? it.skip : it);
  unless(isRoot)('refuses a file that may not be written, though its folder may', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'old' });
    await chmod(folder.at('a.yaml'), 0o444);
    const issue = await replaceFile(folder.at('a.yaml'), 'old', 'new');
    expect(issue).toMatchObject({
      code: 'file-not-writable',
      message: expect.stringContaining('permission'),
    });
    expect(await texts(folder)).toEqual({ 'a.yaml': 'old' });
  });

  it.each([
    ['standard input', '-', 'name a file'],
    ['a folder', '.', 'not a regular file'],
    ['what is not there', './gone.yaml', 'it is gone'],
  ])('refuses %s', async (_, path, reason) => {
    const issue = await replaceFile(path, '', 'new');
    expect(issue).toMatchObject({ code: 'file-not-writable', message: expect.stringContaining(reason) });
  });
});
