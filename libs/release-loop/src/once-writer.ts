import { isDeepStrictEqual } from 'node:util';
import type { ReleaseState, Store, Write } from '@grayscale/release';
import type { RunJournal } from './run-journal.js';

/** What became of a write that was asked for. */
export type Written = { kind: 'done' } | { kind: 'refused' | 'waiting'; message: string };

/** Has writes done so that each is in the journal once as done, whenever the process is killed. Their intents are in the journal already. */
export class OnceWriter {
  /** The seq of the write that was done last, while decisions follow each other. */
  private writtenNow: number | undefined;

  /** @param undone the seq of an intent whose outcome is not in the journal */
  constructor(
    private readonly store: Store,
    private readonly journal: RunJournal,
    private undone?: number,
  ) {}

  /** From here on decisions follow each other until there is something to wait for. */
  beginRound(): void {
    this.writtenNow = undefined;
  }

  async carryOut(write: Write): Promise<Written> {
    // Done and not to be seen: somebody takes it back at once. Writing it again and again would be a fight.
    if (this.writtenNow === write.seq)
      return {
        kind: 'waiting',
        message: 'the weights that were written are not there; somebody takes them back',
      };
    this.undone = write.seq;
    const outcome = await this.store.write(write);
    switch (outcome.kind) {
      case 'done':
        this.undone = undefined;
        this.writtenNow = write.seq;
        await this.journal.append('done', { seq: write.seq });
        return outcome;
      case 'refused':
        return outcome;
      case 'unknown':
        return { kind: 'waiting', message: outcome.message };
      default:
        return { kind: 'waiting', message: 'the rule was changed while it was being written' };
    }
  }

  /** A write that was done before a crash, and is seen only now, is in the journal from now on. */
  async recover(before: ReleaseState | undefined, now: ReleaseState): Promise<void> {
    const seq = this.undone;
    if (seq === undefined || now.pending?.seq === seq) return;
    const pending = before?.pending;
    this.undone = undefined;
    // One that was refused, or that somebody was faster than, is not there.
    if (pending?.seq !== seq || !isDeepStrictEqual(now.targets[pending.target]?.written, pending.after))
      return;
    await this.journal.append('done', { run: now.run, seq, recovered: true });
  }
}
