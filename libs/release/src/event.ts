import type { Note } from './action.js';
import type { ReleaseState } from './state.js';

/** What reaches a release from outside between two decisions. */
export type ReleaseEvent = Command | WebhookAnswer | WriteRefused;

/** What a human asks for. */
export type Command =
  | { kind: 'promote'; full: boolean }
  | { kind: 'pause' }
  | { kind: 'resume' }
  /** `reason` is for the journal. `to`: the canary's share in percent, where the plan's own is not wanted; 0 takes it out. */
  | { kind: 'abort'; reason?: string; to?: number }
  /** `toStep` counts from 1; absent: the weights of the start. `force`: although the rule was edited since. */
  | { kind: 'undo'; toStep?: number; force?: boolean }
  /** Try again after an abort or a refusal: from the step that was left. */
  | { kind: 'retry' };

/** What a webhook answered, or that it did not. */
export interface WebhookAnswer {
  kind: 'webhook-answer';
  /** {@link WebhookQuestion.key} */
  key: string;
  ok: boolean;
  /** Status or error, for words. */
  message: string;
}

/** A write was refused for good: by admission, by RBAC, by the engine, by a file that cannot be edited safely. */
export interface WriteRefused {
  kind: 'write-refused';
  seq: number;
  message: string;
}

/** The state after an event, or why it makes no sense now; nothing has changed then. */
export type Received =
  | { kind: 'received'; state: ReleaseState; notes: Note[] }
  | { kind: 'rejected'; message: string };

const commandKinds: ReadonlySet<unknown> = new Set<Command['kind']>([
  'promote',
  'pause',
  'resume',
  'abort',
  'undo',
  'retry',
]);

/** Whether what another process has sent is a command, by its kind. */
export function isCommand(value: unknown): value is Command {
  return commandKinds.has((value as Command | null | undefined)?.kind);
}
