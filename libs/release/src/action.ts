import type { WebhookType } from './plan/plan.js';
import type { ReleaseState } from './state.js';
import type { Waiting } from './waiting.js';
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

/** How a run ended. */
export type Outcome = 'completed' | 'aborted' | 'undone';

/** A webhook to call. */
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

/** What `decide` returns: what to do, what to remember, and what to tell people. */
export interface Decision {
  action: Action;
  /** To be kept durably before the action is carried out. */
  state: ReleaseState;
  /** What happened in this decision, oldest first: one line each in the journal and for people. */
  notes: Note[];
}

/** One thing that happened, in words. */
export interface Note {
  kind: NoteKind;
  message: string;
}

/** What a note is about. */
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
