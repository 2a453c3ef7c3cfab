import { execFileSync } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import type { JournalEntry } from '@grayscale/release';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { Journal, readJournal } from './journal.js';

const entry = (seq: number): JournalEntry => ({ op: 'done', run: 1, seq, at: seq, message: 'é\n' });

it('gives back what was appended, and goes on behind it', async () => {
  await using folder = await temporaryFolder();
  const path = folder.at('plan.yaml.journal.jsonl');
  const { journal, entries } = await Journal.open(path);
  expect(entries).toEqual([]);
  await journal.append(entry(1));
  expect(await readJournal(path)).toEqual([entry(1)]);
  await journal.close();
  const again = await Journal.open(path);
  await again.journal.append(entry(2));
  await again.journal.close();
  expect(again.entries).toEqual([entry(1)]);
  expect(await readJournal(path)).toEqual([entry(1), entry(2)]);
});

const whole = `${JSON.stringify(entry(1))}\n`;

it.each([
  { torn: '{"op":"inte' },
  { torn: JSON.stringify(entry(2)) },
  { torn: '\0\0\0\0\n' },
  { torn: '{"op":"done"}\n' },
])('drops the last line $torn, and only that', async ({ torn }) => {
  await using folder = await temporaryFolder();
  const path = folder.at('journal.jsonl');
  await writeFile(path, whole + torn);
  expect(await readJournal(path)).toEqual([entry(1)]);
  const { journal, entries } = await Journal.open(path);
  expect(entries).toEqual([entry(1)]);
  await journal.append(entry(3));
  await journal.close();
  expect(await readFile(path, 'utf8')).toBe(`${whole}${JSON.stringify(entry(3))}\n`);
});

it('a broken line in the middle is refused with its number, and the file stays as it is', async () => {
  await using folder = await temporaryFolder();
  const path = folder.at('journal.jsonl');
  const text = `${whole}oh\n${whole}`;
  await writeFile(path, text);
  await expect(Journal.open(path)).rejects.toThrow(/journal\.jsonl cannot be opened: line 2 is not an entry/);
  expect(await readFile(path, 'utf8')).toBe(text);
});

it('a reader beside a writer sees whole entries only', async () => {
  await using folder = await temporaryFolder();
  const path = folder.at('journal.jsonl');
  await writeFile(path, whole);
  await appendFile(path, '{"op":');
  expect(await readJournal(path)).toEqual([entry(1)]);
  await after(1);
});

const hasSmallDisk = process.platform === 'linux' && process.getuid?.() === 0;

(hasSmallDisk ? it : it.skip)(
  'a full disk fails the append, says so, and leaves what was there',
  async () => {
    await using folder = await temporaryFolder();
    const { mkdir } = await import('node:fs/promises');
    await mkdir(folder.at('disk'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder.at('disk')], {
        stdio: 'ignore',
      });
    } catch {
      process.stderr.write('Left out: the journal on a full disk (mount is not allowed here).\n');
      return;
    }
    try {
      const { journal } = await Journal.open(folder.at('disk', 'journal.jsonl'));
      await journal.append(entry(1));
      const large = { ...entry(2), message: 'x'.repeat(50_000) };
      await expect(journal.append(large)).rejects.toThrow(
        /so nothing more is done: the disk is full; make room/,
      );
      await journal.append(entry(3));
      await journal.close();
      expect(await readJournal(folder.at('disk', 'journal.jsonl'))).toEqual([entry(1), entry(3)]);
    } finally {
      execFileSync('umount', [folder.at('disk')]);
    }
  },
);
