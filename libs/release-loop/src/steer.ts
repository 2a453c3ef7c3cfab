import { setTimeout as after } from 'node:timers/promises';
import type { Command, CountSource, JournalEntry, Phase, Waiting } from '@grayscale/release';
import { type Driver, type KeptRelease, lastState } from './kept-release.js';
import { ReleaseLoop, type Tick } from './release-loop.js';

/** What became of a command. */
export type Steered =
  /**
   * Carried out. `driven`: a process goes on with the release; otherwise it stands where the command left it, and `waiting` says what still keeps it
   * from being done.
   */
  | { kind: 'carried'; entries: JournalEntry[]; driven: boolean; phase?: Phase; waiting?: Waiting }
  /** It makes no sense now. */
  | { kind: 'rejected'; message: string }
  | { kind: 'not-started' }
  /** Another process or plan has the rule, and did not take the command. */
  | { kind: 'held'; by: string };

/** Longer than what may be a save is left alone, in milliseconds. */
const saveTakes = 3000;
/** Longer than a look and a write take, in milliseconds. */
const patience = 15_000;

/** No counts are looked at: what a human asks for does not wait for them. */
const noCounts: CountSource = {
  look: async () => ({ kind: 'no-look', reason: 'no process is looking at the counts now' }),
};

/**
 * Asks the process that drives a release for something, or does it itself where there is none.
 * @throws what the store throws when it cannot be read or written
 */
export async function steer(release: KeptRelease, command: Command): Promise<Steered> {
  if (lastState(await release.journal()) === undefined) return { kind: 'not-started' };
  const driver = await release.driver();
  return driver === undefined ? steerAlone(release, command) : steerOther(release, command, driver);
}

async function steerAlone(release: KeptRelease, command: Command): Promise<Steered> {
  const entries: JournalEntry[] = [];
  const recorded = (entry: JournalEntry) => void entries.push(entry);
  const store = release.store();
  const opened = await ReleaseLoop.open({ plan: release.plan, store, source: noCounts, recorded });
  if (opened.kind === 'held') return opened;
  const { loop } = opened;
  try {
    const carried = await loop.command(command);
    if (carried.kind === 'rejected') return carried;
    const tick = await settled(loop);
    const { phase } = loop.state ?? {};
    const waiting = tick.kind === 'waiting' ? { waiting: tick.waiting } : {};
    return { kind: 'carried', entries, driven: false, ...(phase && { phase }), ...waiting };
  } finally {
    await loop.close();
  }
}

/** Decides until nothing changes by itself any more: what may be somebody's save is looked at again when it cannot be one. */
async function settled(loop: ReleaseLoop): Promise<Tick> {
  const until = performance.now() + saveTakes;
  for (;;) {
    const tick = await loop.settle();
    const mayBeSave =
      tick.kind === 'waiting' && (tick.waiting.reason === 'drift' || tick.waiting.reason === 'unread');
    if (!mayBeSave || performance.now() > until) return tick;
    await after(200);
  }
}

async function steerOther(release: KeptRelease, command: Command, driver: Driver): Promise<Steered> {
  const id = await release.send(command);
  const until = performance.now() + patience;
  for (;;) {
    const answer = (await release.journal()).find((entry) => entry.command === id);
    if (answer?.rejected === true) return { kind: 'rejected', message: answer.message ?? 'refused' };
    if (answer !== undefined) return { kind: 'carried', entries: [answer], driven: true };
    // Taken back it cannot be carried out later.
    if (performance.now() > until && (await release.withdraw(id))) return { kind: 'held', by: driver.text };
    await after(50);
  }
}
