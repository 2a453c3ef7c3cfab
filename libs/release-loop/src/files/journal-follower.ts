import { open } from 'node:fs/promises';
import type { JournalEntry, Plan, ReleaseState } from '@grayscale/release';
import { planInForce } from '../plan-in-force.js';
import { wholeEntries } from './journal.js';
import { StoreError } from './store-error.js';

/** What was appended to a journal. */
export interface JournalNews {
  /** It is another file than before, or was cut: whatever was read earlier no longer holds. */
  isAnother: boolean;
  entries: JournalEntry[];
}

/** Reads a journal while another process may be writing to it, each time only what is new: it grows by an entry a look, for days. */
export class JournalFollower {
  /** Where the release stands, as far as it was read; undefined before the first run. */
  state: ReleaseState | undefined;
  /** The plan that it follows. */
  plan: Plan | undefined;
  private offset = 0;
  private lines = 0;
  private inode: number | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** Whoever asks while another reading is under way gets what that one leaves. @throws StoreError */
  async news(): Promise<JournalNews> {
    const reading = this.turn.then(() => this.read());
    this.turn = reading.catch(() => undefined);
    return await reading;
  }

  private async read(): Promise<JournalNews> {
    try {
      return await this.readOn();
    } catch (error) {
      throw StoreError.of(error, `The journal ${this.path} cannot be read`);
    }
  }

  private async readOn(): Promise<JournalNews> {
    await using file = await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    const { ino, size } = (await file?.stat()) ?? { ino: undefined, size: 0 };
    const isAnother = ino !== this.inode || size < this.offset;
    if (isAnother) this.restart(ino);
    const bytes = Buffer.alloc(size - this.offset);
    const { bytesRead } = (await file?.read(bytes, 0, bytes.length, this.offset)) ?? { bytesRead: 0 };
    const { entries, length } = wholeEntries(bytes.subarray(0, bytesRead), this.lines);
    this.offset += length;
    this.lines += entries.length;
    const last = entries.findLast(({ state }) => state !== undefined);
    this.state = (last?.state as ReleaseState | undefined) ?? this.state;
    this.plan = planInForce(entries) ?? this.plan;
    return { isAnother, entries };
  }

  private restart(inode: number | undefined): void {
    this.inode = inode;
    this.offset = 0;
    this.lines = 0;
    this.state = undefined;
    this.plan = undefined;
  }
}
