import type { Command } from './event.js';
import type { CountQuestion, Json, Look, NoLook } from './look.js';
import type { Plan } from './plan/plan.js';
import type { View } from './view.js';
import type { Write } from './write.js';

/** Where a release's rules and memory are kept: files, or a cluster. One store serves one plan. */
export interface Store {
  /**
   * How often a look that brings no news is kept, in milliseconds; each one unless given. What is not kept is counted again from the cursor of the
   * last one that was.
   */
  readonly keepsLooksEvery?: number;
  /** What was not allowed at the last attempt to read or write a rule; never there where nobody is asked for rights. */
  readonly forbidden?: Error | undefined;
  /** Becomes the only driver of the plan (lock, Lease) and reads the journal; `held` names the other driver. */
  open(): Promise<{ kind: 'opened'; journal: JournalEntry[] } | { kind: 'held'; by: string }>;
  /**
   * The plan as its author has it now, asked for before each look; undefined while it is what the store was made with, or gave last. A release takes
   * over what it can, and goes on with the old plan where it cannot.
   */
  readPlan(): Promise<OfferedPlan | undefined>;
  /** From now on views and writes are of this plan. */
  follow(plan: Plan): void;
  view(): Promise<View>;
  /** Durable before it returns. */
  append(entry: JournalEntry): Promise<void>;
  /** Carries out a write as a whole or not at all. */
  write(write: Write): Promise<WriteOutcome>;
  /** The commands that wait, oldest first. Each waits until an entry of the journal names it as `command`. */
  takeCommands(): Promise<SentCommand[]>;
  /** Removes what the run left in the objects: annotations, field ownership. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** A plan that its author has changed. */
export type OfferedPlan =
  | { kind: 'plan'; plan: Plan }
  /** It cannot be read, or is not valid; in words, with file:line. */
  | { kind: 'invalid'; message: string };

/** A command on its way to the process that drives the release. */
export interface SentCommand {
  /** Names it in the journal, so that it is carried out once. */
  id: string;
  command: Command;
}

/** What came of a write. */
export type WriteOutcome =
  | { kind: 'done' }
  /** What stands there is not `before`: look again, and decide anew. */
  | { kind: 'changed' }
  /** It will never be accepted as it is. */
  | { kind: 'refused'; message: string }
  /** It may or may not have arrived: look again before anything else. */
  | { kind: 'unknown'; message: string };

/** One line of the journal. `state` is there whenever it changed. */
export interface JournalEntry {
  op:
    | 'start'
    | 'intent'
    | 'done'
    | 'observe'
    | 'command'
    | 'pause'
    | 'abort'
    | 'undo'
    | 'drift'
    | 'plan'
    | 'finish';
  run: number;
  seq: number;
  /** In milliseconds since the epoch. */
  at: number;
  message?: string;
  state?: Json;
  /** The plan that is followed from here on, where that is another one: at the start of a run, and when it was changed (`plan`). */
  plan?: Json;
  /** The store's own: old bytes, branch, HEAD, plan hash. */
  [detail: string]: Json | undefined;
}

/** Where counts come from: Prometheus, or metrics endpoints. */
export interface CountSource {
  /** @param cursor of the look before; undefined: begin here, with zero counts. */
  look(question: CountQuestion, cursor: Json | undefined): Promise<Look | NoLook>;
}
