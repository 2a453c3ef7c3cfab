import type { WebhookType } from './plan/plan.js';
import type { ReleaseState } from './state.js';
import type { Write } from './write.js';

/** What the loop does next. After `write` and `ask` it decides again at once, with a fresh view and without a look. */
export type Action =
  /** Journal the intent, write, journal the outcome. */
  | { kind: 'write'; write: Write }
  /** Call a webhook and give its answer to `receive`. */
  | { kind: 'ask'; question: WebhookQuestion }
  /** Nothing to do until the next look, or until `until` (milliseconds since the epoch). */
  | { kind: 'wait'; for: Waiting; until?: number }
  /** The run is over; the store removes what it left in the object (annotation, field ownership). */
  | { kind: 'finish'; outcome: Outcome };

export type Outcome = 'completed' | 'aborted' | 'undone';

/** Why nothing is written, for programs (`reason`) and for people (`message`). */
export interface Waiting {
  reason: WaitingReason;
  message: string;
}

export type WaitingReason =
  /** The step's hold is not over. */
  | 'hold'
  /** More requests are needed. */
  | 'requests'
  /** The evidence is not enough to advance. */
  | 'evidence'
  /** A step with `pause: true`, or a command, waits for a human. */
  | 'paused'
  /** The split was written a moment ago. */
  | 'settling'
  | 'not-in-force'
  | 'no-data'
  /** The counts could not be read. */
  | 'no-look'
  /** A target could not be read. */
  | 'unread'
  /** An arm has no ready endpoint. */
  | 'endpoints'
  | 'drift'
  | 'webhook'
  /** A write was refused for good. */
  | 'refused';

export interface WebhookQuestion {
  guard: string;
  url: string;
  type: WebhookType;
  /** The same for the same question, so that it is answered once. */
  key: string;
  body: WebhookBody;
}

/** What is sent, in Flagger's form. */
export interface WebhookBody {
  /** The plan's. */
  name: string;
  namespace: string;
  /** Flagger's words: Waiting, Progressing, Succeeded, Failed. */
  phase: string;
  /** The same for the same plan in the same run; whoever asks adds it. */
  checksum?: string;
  /** `step` (from 1), `percent` and `run`; of an event also `eventMessage`, `eventType` and `timestamp` (milliseconds since the epoch). */
  metadata: Record<string, string>;
}

export interface Decision {
  action: Action;
  /** To be kept durably before the action is carried out. */
  state: ReleaseState;
  /** What happened in this decision, oldest first: one line each in the journal and for people. */
  notes: Note[];
}

export interface Note {
  kind: NoteKind;
  message: string;
}

export type NoteKind =
  | 'advance'
  | 'abort'
  | 'pause'
  | 'resume'
  | 'undo'
  | 'drift'
  | 'in-force'
  | 'refused'
  | 'webhook'
  | 'warning'
  /** The plan was changed, and is followed as it is now. */
  | 'plan'
  | 'finish';
