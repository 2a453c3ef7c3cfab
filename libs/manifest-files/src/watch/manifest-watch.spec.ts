import { mkdir, open, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import type { ManifestSet } from '../manifest-reader.js';
import { type TemporaryFolder, temporaryFolder } from '../testing/temporary-folder.js';
import { type ManifestWatch, type WatchOptions, watchManifests } from './manifest-watch.js';

/** The texts of the sets that came, and a way to wait for one. */
class Changes {
  readonly texts: string[] = [];
  private waiting: Array<() => void> = [];
  watch!: ManifestWatch;

  static async of(paths: string[], options?: WatchOptions): Promise<Changes> {
    const changes = new Changes();
    changes.watch = await watchManifests(paths, (set) => changes.add(set), options);
    return changes;
  }

  /** Resolves when the last set has this text; the test's own time limit is the bound. */
  async reach(text: string): Promise<void> {
    while (this.texts.at(-1) !== text) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch.close();
  }

  private add({ files, issues }: ManifestSet): void {
    this.texts.push([...files.map(({ text }) => text.trim()), ...issues.map(({ code }) => code)].join(' '));
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

const inPlace = async (folder: TemporaryFolder) => folder.write('a.yaml', 'two\n');

const saves: Array<[string, (folder: TemporaryFolder) => Promise<void>]> = [
  ['in place', inPlace],
  [
    'by renaming a new file over it',
    async (folder) => {
      await folder.write('a.yaml.tmp', 'two\n');
      await rename(folder.at('a.yaml.tmp'), folder.at('a.yaml'));
    },
  ],
  [
    'by renaming the old file away first, as vim does',
    async (folder) => {
      await rename(folder.at('a.yaml'), folder.at('a.yaml~'));
      await folder.write('a.yaml', 'two\n');
      await unlink(folder.at('a.yaml~'));
    },
  ],
  [
    'by truncating and writing in pieces',
    async (folder) => {
      await truncate(folder.at('a.yaml'));
      const file = await open(folder.at('a.yaml'), 'w');
      await file.write('tw');
      await file.write('o\n');
      await file.close();
    },
  ],
  [
    'by removing it and writing it again',
    async (folder) => {
      await unlink(folder.at('a.yaml'));
      await inPlace(folder);
    },
  ],
  [
    'by removing the folder and making it again',
    async (folder) => {
      await rm(folder.path, { recursive: true });
      await mkdir(folder.path);
      await inPlace(folder);
    },
  ],
  [
    'by putting another folder in its place',
    async (folder) => {
      await mkdir(`${folder.path}-new`);
      await writeFile(`${folder.path}-new/a.yaml`, 'two\n');
      await rename(folder.path, `${folder.path}-old`);
      await rename(`${folder.path}-new`, folder.path);
      await rm(`${folder.path}-old`, { recursive: true });
    },
  ],
];

// A busy machine takes its time.
jest.setTimeout(60_000);

describe('watchManifests', () => {
  it.each(saves)('sees a file saved %s, whether the folder or the file is given', async (_, save) => {
    for (const name of ['.', 'a.yaml']) {
      await using folder = await temporaryFolder({ 'a.yaml': 'one\n' });
      await using changes = await Changes.of([folder.at(name)]);
      expect(changes.watch.first.files.map(({ text }) => text)).toEqual(['one\n']);
      await save(folder);
      await changes.reach('two');
      expect(changes.texts).toEqual(['two']);
    }
  });

  it.each(saves)('sees the second save too, after one %s', async (_, save) => {
    await using folder = await temporaryFolder({ 'a.yaml': 'one\n' });
    await using changes = await Changes.of([folder.path]);
    await save(folder);
    await changes.reach('two');
    await folder.write('a.yaml', 'three\n');
    await changes.reach('three');
  });

  it('sees files come and go in a folder', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'a\n' });
    await using changes = await Changes.of([folder.path]);
    await folder.write('b.yaml', 'b\n');
    await changes.reach('a b');
    await unlink(folder.at('a.yaml'));
    await changes.reach('b');
  });

  it('sees a file that did not exist at first', async () => {
    await using folder = await temporaryFolder();
    await using changes = await Changes.of([folder.at('sub/a.yaml')]);
    expect(changes.watch.first.issues).toEqual([expect.objectContaining({ code: 'file-not-found' })]);
    await folder.write('sub/a.yaml', 'a\n');
    await changes.reach('a');
  });

  it('follows what a changed kustomization lists from then on', async () => {
    await using folder = await temporaryFolder({
      'k/kustomization.yaml': 'resources: [a.yaml]\n',
      'k/a.yaml': 'a\n',
      'base/kustomization.yaml': 'resources: [b.yaml]\n',
      'base/b.yaml': 'b\n',
    });
    await using changes = await Changes.of([folder.at('k')]);
    await folder.write('k/kustomization.yaml', 'resources: [a.yaml, ../base]\n');
    await changes.reach('a b');
    await folder.write('base/b.yaml', 'c\n');
    await changes.reach('a c');
  });

  it('follows the swap of links in a mounted ConfigMap', async () => {
    await using folder = await temporaryFolder({
      '..1/a.yaml': 'one\n',
      '..2/a.yaml': 'two\n',
      '..3/a.yaml': 'three\n',
    });
    await symlink('..1', folder.at('..data'));
    await symlink('..data/a.yaml', folder.at('a.yaml'));
    await using changes = await Changes.of([folder.path]);
    for (const [target, text] of [
      ['..2', 'two'],
      ['..3', 'three'],
    ] as const) {
      await symlink(target, folder.at('..data_tmp'));
      await rename(folder.at('..data_tmp'), folder.at('..data'));
      await changes.reach(text);
    }
  });

  it('follows a link to a file elsewhere', async () => {
    await using elsewhere = await temporaryFolder({ 'real.yaml': 'one\n' });
    await using folder = await temporaryFolder();
    await symlink(elsewhere.at('real.yaml'), folder.at('a.yaml'));
    await using changes = await Changes.of([folder.at('a.yaml')]);
    await elsewhere.write('real.yaml', 'two\n');
    await changes.reach('two');
  });

  it('does not call back when nothing but the times changed', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'one\n' });
    await using changes = await Changes.of([folder.path]);
    await folder.write('a.yaml', 'one\n');
    await folder.write('other.txt', 'x');
    await folder.write('b.yaml', 'two\n');
    await changes.reach('one two');
    expect(changes.texts).toEqual(['one two']);
  });

  it('waits for the rest of a file that is written slowly', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'one\n' });
    await using changes = await Changes.of([folder.path], { patienceMs: 60_000 });
    const file = await open(folder.at('a.yaml'), 'w');
    await file.write('half ');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await file.write('whole\n');
    await file.close();
    await changes.reach('half whole');
    expect(changes.texts).toEqual(['half whole']);
  });

  it('takes a file without a last line break after a while', async () => {
    await using folder = await temporaryFolder({ 'a.yaml': 'one\n' });
    await using changes = await Changes.of([folder.path]);
    await folder.write('a.yaml', 'two');
    await changes.reach('two');
  });
});
