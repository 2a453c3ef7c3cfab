import { execFile } from 'node:child_process';
import { chmod, symlink, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { ManifestReader, type ManifestSet, readManifests } from './manifest-reader.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { maxFileBytes } from './text-file.js';

function names(set: ManifestSet, root: string): string[] {
  return set.files.map(({ path }) => relative(root, path));
}

function codes({ issues }: ManifestSet): string[] {
  return issues.map(({ code, severity }) => `${severity} ${code}`);
}

describe('readManifests', () => {
  it('reads a folder as kubectl does: YAML and JSON, sorted, no subfolders', async () => {
    await using folder = await temporaryFolder({
      'b.yml': 'b',
      'a.yaml': 'a',
      'c.json': '{}',
      'notes.txt': 'x',
      'sub/d.yaml': 'd',
      '.#a.yaml': 'lock of an editor',
    });
    const set = await readManifests([folder.path]);
    expect(names(set, folder.path)).toEqual(['a.yaml', 'b.yml', 'c.json']);
    expect(set.issues).toEqual([]);
  });

  it('gives a file that has not changed as the same object, so that it is parsed once', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'a', 'b.yaml': 'b' });
    const reader = new ManifestReader([folder.path]);
    const [a, b] = (await reader.read()).files;
    await writeFile(folder.at('b.yaml'), 'c');
    const [sameA, newB] = (await reader.read()).files;
    expect(sameA).toBe(a);
    expect(newB).not.toBe(b);
    expect(newB?.text).toBe('c');
  });

  it('keeps the order of the paths, and relative paths as given', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'a', 'b.yaml': 'b' });
    const relativePath = relative(process.cwd(), folder.at('b.yaml'));
    const set = await readManifests([`./${relativePath}`, folder.at('a.yaml')]);
    expect(set.files.map(({ path }) => path)).toEqual([relativePath, folder.at('a.yaml')]);
  });

  it('reads standard input once for -', async () => {
    const stdin = Readable.from([Buffer.from('kind: '), Buffer.from('Namespace\n')]);
    const set = await readManifests(['-', '-'], { stdin });
    expect(set.files).toEqual([expect.objectContaining({ path: '-', text: 'kind: Namespace\n' })]);
    expect(codes(set)).toEqual(['warning file-repeated']);
  });

  it('reads a named pipe', async () => {
    await using folder = await temporaryFolder();
    await promisify(execFile)('mkfifo', [folder.at('pipe')]);
    const [set] = await Promise.all([
      readManifests([folder.at('pipe')]),
      writeFile(folder.at('pipe'), 'a: 1\n'),
    ]);
    expect(set.files.map(({ text }) => text)).toEqual(['a: 1\n']);
  });

  it.each(['a.yaml', 'b.yaml'])('does not wait for a pipe that lies in a folder as %s', async (name) => {
    await using folder = await temporaryFolder({ 'aa.yaml': 'a: 1\n' });
    await promisify(execFile)('mkfifo', [folder.at(name)]);
    const set = await readManifests([folder.path]);
    expect(names(set, folder.path)).toEqual(['aa.yaml']);
    expect(set.issues).toEqual([
      expect.objectContaining({ code: 'file-not-regular', severity: 'error', file: folder.at(name) }),
    ]);
  });

  it.each(['kustomization.yaml', 'a.yaml', 'patch.yaml'])(
    'does not wait for a pipe that a kustomization leads to as %s',
    async (name) => {
      await using folder = await temporaryFolder({
        'kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: patch.yaml}, null]\n',
        'a.yaml': 'a: 1\n',
        'patch.yaml': 'kind: ConfigMap\n',
      });
      await promisify(execFile)('rm', [folder.at(name)]);
      await promisify(execFile)('mkfifo', [folder.at(name)]);
      expect(codes(await readManifests([folder.path]))).toContain('error file-not-regular');
    },
  );

  it('reads UTF-16 with a byte order mark, in either order of bytes', async () => {
    const text = '\uFEFFkind: Namespace\nmetadata: {name: 你好}\n';
    const little = Buffer.from(text, 'utf16le');
    await using folder = await temporaryFolder();
    await folder.write('a.yaml', little);
    await folder.write('b.yaml', Buffer.from(little).swap16());
    const { files, issues } = await readManifests([folder.path]);
    expect([files.map((file) => file.text), issues]).toEqual([[text, text], []]);
  });

  it('reads a file that is given twice once, with a warning', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'a' });
    const set = await readManifests([folder.path, folder.at('a.yaml')]);
    expect(names(set, folder.path)).toEqual(['a.yaml']);
    expect(codes(set)).toEqual(['warning file-repeated']);
  });

  it('follows symbolic links to files', async () => {
    await using folder = await temporaryFolder({ 'real/a.yaml': 'a' });
    await symlink(folder.at('real/a.yaml'), folder.at('link.yaml'));
    expect((await readManifests([folder.at('link.yaml')])).files).toEqual([
      expect.objectContaining({ path: folder.at('link.yaml'), text: 'a' }),
    ]);
  });

  it('keeps a byte order mark, for edits keep every byte', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': '\uFEFFkind: Namespace' });
    expect((await readManifests([folder.path])).files[0]?.text).toBe('\uFEFFkind: Namespace');
  });

  const broken: Array<[string, string | Uint8Array, string]> = [
    ['a NUL byte', 'a\0b', 'file-binary'],
    ['UTF-16 without a byte order mark', Buffer.from('kind: Namespace', 'utf16le'), 'file-binary'],
    ['half of UTF-16', Buffer.from([0xff, 0xfe, 0x6b]), 'file-binary'],
    ['bytes that are not UTF-8', Buffer.from([0x6b, 0xff, 0xfe]), 'file-binary'],
    ['more bytes than any manifest', Buffer.alloc(maxFileBytes + 1, 0x20), 'file-too-large'],
  ];
  it.each(broken)('refuses a file with %s', async (_, content, code) => {
    await using folder = await temporaryFolder();
    await folder.write('a.yaml', content);
    const set = await readManifests([folder.at('a.yaml')]);
    expect(set.files).toEqual([]);
    expect(set.issues).toEqual([
      expect.objectContaining({ code, severity: 'error', file: folder.at('a.yaml') }),
    ]);
  });

  it('says which path does not exist, and reads the others', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'a' });
    const set = await readManifests([folder.at('b.yaml'), folder.at('a.yaml')]);
    expect(names(set, folder.path)).toEqual(['a.yaml']);
    expect(set.issues).toEqual([
      expect.objectContaining({ code: 'file-not-found', file: folder.at('b.yaml'), line: 1, column: 1 }),
    ]);
  });

  it('says that a folder has nothing to read', async () => {
    await using folder = await temporaryFolder({ 'sub/a.yaml': 'a' });
    expect(codes(await readManifests([folder.path]))).toEqual(['error folder-without-manifests']);
  });

  it('says that links lead in a circle', async () => {
    await using folder = await temporaryFolder();
    await symlink(folder.at('b.yaml'), folder.at('a.yaml'));
    await symlink(folder.at('a.yaml'), folder.at('b.yaml'));
    expect(codes(await readManifests([folder.at('a.yaml')]))).toEqual(['error file-not-readable']);
  });

  it('does not read devices', async () => {
    expect(codes(await readManifests(['/dev/zero']))).toEqual(['error file-not-regular']);
  });

  // The superuser may read everything.
  const unlessRoot = process.getuid?.() === 0 ? it.skip : it;
  unlessRoot('says that a file may not be read', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'a' });
    await chmod(folder.at('a.yaml'), 0);
    expect(codes(await readManifests([folder.at('a.yaml')]))).toEqual(['error file-not-readable']);
  });
});
