import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JournalEntry } from '@grayscale/release';
import { StoreError } from './store-error.js';

/** A plan's journal: one JSON object a line, each of them durable before what it announces is done. */
export class Journal {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    /** Bytes of whole lines; what stands behind them was never finished. */
    private length: number,
  ) {}

  /** Opens a journal for appending, makes it where there is none, and drops a last line that a crash has torn. */
  static async open(path: string): Promise<{ journal: Journal; entries: JournalEntry[] }> {
    try {
      const { entries, length } = await readWhole(path);
      const file = await open(path, 'a');
      await file.truncate(length);
      await file.sync();
      await syncFolder(dirname(path));
      return { journal: new Journal(path, file, length), entries };
    } catch (error) {
      throw StoreError.of(error, `The journal ${path} cannot be opened`);
    }
  }

  /** Appends one entry; durable when it resolves. On failure the journal is as it was before. */
  async append(entry: JournalEntry): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    try {
      await this.file.appendFile(line);
      await this.file.sync();
      this.length += line.length;
    } catch (error) {
      await this.file.truncate(this.length).catch(() => {});
      throw StoreError.of(error, `The journal ${this.path} cannot be written, so nothing more is done`);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Reads a journal while another process may be writing to it; empty where there is none. */
export async function readJournal(path: string): Promise<JournalEntry[]> {
  try {
    return (await readWhole(path)).entries;
  } catch (error) {
    throw StoreError.of(error, `The journal ${path} cannot be read`);
  }
}

async function readWhole(path: string): Promise<{ entries: JournalEntry[]; length: number }> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  return wholeEntries(bytes);
}

/** The entries in some bytes of a journal, but for a last line that is not whole. @param before lines in front of these bytes, for messages */
export function wholeEntries(bytes: Buffer, before = 0): { entries: JournalEntry[]; length: number } {
  const entries: JournalEntry[] = [];
  let start = 0;
  for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', start)) {
    const entry = entryOf(bytes.toString('utf8', start, end));
    if (entry === undefined) {
      if (bytes.indexOf('\n', end + 1) === -1) break;
      throw new StoreError(
        `line ${before + entries.length + 1} is not an entry of a journal; restore the file, or move it away`,
      );
    }
    entries.push(entry);
    start = end + 1;
  }
  return { entries, length: start };
}

function entryOf(line: string): JournalEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isEntry = typeof value === 'object' && value !== null && 'op' in value && 'seq' in value;
    return isEntry ? (value as JournalEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** A new file survives a crash once its folder is written; some file systems cannot sync folders. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().catch(() => {});
  await handle.close();
}
