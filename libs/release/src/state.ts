import type { Json } from './look.js';
import type { Arm } from './plan/plan.js';
import type { Tally } from './statistics/tally.js';
import type { Trial } from './statistics/trial.js';
import type { Waiting } from './waiting.js';
import type { RuleReference, TargetContent, Write } from './write.js';

/** Where a run stands. The last three are its ends; `undo` may follow the first two, `retry` the second. */
export const phases = [
  'progressing',
  'paused',
  /** Weights are being taken back. */
  'aborting',
  'undoing',
  'completed',
  'aborted',
  'undone',
] as const;
export type Phase = (typeof phases)[number];

/** Whether a run in this phase has come to its end. Another one may begin, or take it back. */
export function isOver(phase: Phase): boolean {
  return phase === 'completed' || phase === 'aborted' || phase === 'undone';
}

/**
 * All that a release knows. Plain JSON, so that it can be stored after each decision and read back by another process, which goes on as if nothing
 * had happened. Times are in milliseconds since the epoch, as the driver's clock has them; shares in percent.
 */
export interface ReleaseState {
  version: 1;
  /** Counts the executions of one plan, from 1. */
  run: number;
  phase: Phase;
  /** Why it is in this phase, or what it waits for. */
  because?: Waiting;
  /** Of the last write that was asked for; goes on counting over the runs of a plan. */
  seq: number;
  /** The write that was asked for and has not been seen done. */
  pending?: Write;
  startedAt: number;
  /** Of the last decision; time never goes backwards from it. */
  now: number;
  /** Index of the step that is in force or being written; -1 when the plan was changed and all its steps are above the share. */
  step: number;
  /** Index of the run's first step. */
  first: number;
  /** The canary's share that is wanted. */
  percent: number;
  goal: Goal;
  /** In the plan's order. */
  targets: TargetState[];
  progress: StepProgress;
  evidence: Evidence;
  /** The webhook that was asked last, and its answer. */
  asked?: { key: string; ok?: boolean; message?: string; at: number };
  /** Webhooks that are done with for this run. */
  passed: string[];
  drift?: Drift;
  /** Targets whose write back was refused, and why; they are tried again at the next look. */
  refused: Record<number, string>;
  /** Somebody else's change was taken back once already. */
  restored: boolean;
}

/** What the writes aim at. */
export type Goal =
  /** The share of the state, with the rules of `users` and `sticky`; `back`: which is the one of an earlier step. */
  | { kind: 'share'; back?: 'put-back' | 'undo' }
  /** The weights of the start, or a share; never above what is in force. */
  | { kind: 'back'; to?: number }
  /** The weights of the start. `force`: although somebody else changed the rule. */
  | { kind: 'start'; force: boolean }
  /** The share of the state, without rules of ours. */
  | { kind: 'done' };

/** What is remembered of one target over a run. */
export interface TargetState {
  rule: RuleReference;
  /** With hosts in full. */
  stable: Arm;
  canary: Arm;
  /** At the start of the run. */
  start: TargetContent;
  /** As last written by us, or as at the start. */
  written: TargetContent;
  /** What stood behind the arms; another version there is another release. */
  identity: { stable?: string; canary?: string };
}

export interface StepProgress {
  /** When the step's last write was seen done; absent: it is being written. */
  began?: number;
  /** The share before. */
  before: number;
  /** The first look since which nothing contradicts that the split is in force. */
  inForceSince?: number;
  /** For how long the step's split has been in force, settled and seen, in milliseconds. */
  held: number;
  /** Requests of both arms, and those of the canary (`bad`), since the split seemed in force; by pair of arms. */
  observed: Record<string, Tally>;
  /** The same since the write had time to settle, whether the split seemed in force or not. */
  settled: Record<string, Tally>;
  /** A human said: go on. `resumed` ends a pause of the step; `promoted` also skips what it would wait for. */
  human?: 'resumed' | 'promoted';
}

/** A step that has just begun. @param before the share that was written until then */
export function newProgress(before: number): StepProgress {
  return { before, held: 0, observed: {}, settled: {} };
}

export interface Evidence {
  /** The source's own. */
  cursor: Json;
  /** Of the last look that was absorbed: its time, and the driver's then. */
  look?: { at: number; interval: number; absorbed: number };
  /** When a canary request was last seen. */
  canarySeen: number;
  /** Requests since the start, for the rate. */
  requests: number;
  /** For how long requests have been counted, in milliseconds. */
  counted: number;
  /** Since when there has been no data. */
  noDataSince?: number;
  /** By the trial's key. */
  trials: Record<string, Trial>;
  /** Canary requests in the step, by pair of arms. */
  inStep: Record<string, number>;
  /** Ceilings that were made for the step at 100 %, by the trial's key. */
  ceilings: Record<string, number>;
}

export interface Drift {
  since: number;
  message: string;
  /** A human resumed in spite of it: go on from what stands there. */
  accepted: boolean;
}
