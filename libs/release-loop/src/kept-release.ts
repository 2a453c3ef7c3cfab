import type { Command, JournalEntry, Plan, ReleaseState, Step, Store } from '@grayscale/release';

/** A release where it is kept, in files or in a cluster: what processes see of it and can do beside the one that drives it. */
export interface KeptRelease {
  readonly plan: Plan;
  /** What its driver opens. */
  store(): Store;
  /** What is kept of its decisions, oldest first; empty before the first run. */
  journal(): Promise<JournalEntry[]>;
  /** Where it stands now, and the plan that it follows. What was read before need not be read again. */
  standing(): Promise<Standing>;
  /** Who drives it now. */
  driver(): Promise<Driver | undefined>;
  /** Puts a command where the driver finds it. @returns the id by which an entry of the journal names it once it was carried out */
  send(command: Command): Promise<string>;
  /** Takes a command back. @returns whether it was still there, so that it will not be carried out */
  withdraw(id: string): Promise<boolean>;
  /** Tries every step. Nothing is written. @param now in milliseconds since the epoch */
  preview(now: number): Promise<Preview>;
}

/** Where a release stands. */
export interface Standing {
  plan: Plan;
  /** Absent before the first run. */
  state?: ReleaseState;
}

/** Who drives a release. */
export interface Driver {
  /** In words, as `process 12 on laptop`. */
  text: string;
  /** Its process, where it is one of this machine. */
  pid?: number;
}

/** What a plan would do, before it does it. */
export type Preview =
  | { kind: 'possible'; state: ReleaseState; steps: PreviewedStep[] }
  /** Why the plan cannot be started: one message for each thing that is wrong. `isForbidden`: a right is missing. */
  | { kind: 'impossible'; messages: string[]; isForbidden?: boolean };

/** What one step of a plan would change, from what stands there now. */
export interface PreviewedStep {
  step: Step;
  /** Steps at or below the share that is written already are skipped. */
  isSkipped: boolean;
  /** What it changes in each target, from what stands there now. */
  edits: PreviewedEdit[];
}

/** A text before and after a step. */
export interface PreviewedEdit {
  /** The file, or the object in words. */
  path: string;
  before: string;
  after: string;
}

/** The state that a journal ends with; undefined before the first run. */
export function lastState(journal: readonly JournalEntry[]): ReleaseState | undefined {
  return journal.findLast(({ state }) => state !== undefined)?.state as ReleaseState | undefined;
}
