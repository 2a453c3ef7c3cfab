import type { Waiting } from './action.js';
import type { Json } from './look.js';
import type { RuleReference, TargetContent, Write } from './write.js';

/** Where a run stands. The last three are its ends; `undo` may follow the first two, `retry` the second. */
export type Phase =
  | 'progressing'
  | 'paused'
  /** Weights are being taken back. */
  | 'aborting'
  | 'undoing'
  | 'completed'
  | 'aborted'
  | 'undone';

/**
 * All that a release knows. Plain JSON, so that it can be stored after each decision and read back by another process; whoever reads it goes on
 * as if nothing had happened. Only the fields here are for others to read; `evidence` is the statistics' own.
 */
export interface ReleaseState {
  version: 1;
  /** Counts the executions of one plan, from 1. */
  run: number;
  phase: Phase;
  /** Why it is in this phase, or what it waits for. */
  because?: Waiting;
  /** Of the last write that was asked for. 0: none yet. */
  seq: number;
  /** The write that was asked for and has not been seen done. */
  pending?: Write;
  /** In milliseconds since the epoch, as the driver's clock had it. */
  startedAt: number;
  /** Of the last decision; time never goes backwards from it. */
  now: number;
  /** Index of the step that is in force or being written; -1 before the first. */
  step: number;
  /** Canary's share that is wanted, in percent. */
  percent: number;
  /** For each target, in the plan's order. */
  targets: TargetState[];
  /** The cursor of the counts. */
  cursor: Json;
  evidence: Json;
}

export interface TargetState {
  rule: RuleReference;
  /** At the start of the run. */
  start: TargetContent;
  /** As last written by us, or as at the start. */
  written: TargetContent;
}
