import { type JournalEntry, type NoteKind, planApiVersion } from '@grayscale/release';

/** What one line of `-o json` says; one schema for all verbs. */
export interface EventObject {
  apiVersion: string;
  kind: 'GrayReleaseEvent';
  /** RFC 3339. */
  time: string;
  release: string;
  run: number;
  /** Number of the write. */
  seq: number;
  event: string;
  /** The canary's share, in percent, as far as it is known. */
  percent?: number;
  phase?: string;
  message?: string;
  rejected?: boolean;
}

/** An entry of the journal for programs: without the state, which is our own. */
export function eventObject(release: string, entry: JournalEntry): EventObject {
  const { op, run, seq, at, message, note, rejected } = entry;
  const state = entry.state as { percent?: number; phase?: string } | undefined;
  return {
    apiVersion: planApiVersion,
    kind: 'GrayReleaseEvent',
    time: new Date(at).toISOString(),
    release,
    run,
    seq,
    event: typeof note === 'string' ? note : op,
    ...(state?.percent === undefined ? {} : { percent: state.percent }),
    ...(state?.phase === undefined ? {} : { phase: state.phase }),
    ...(message === undefined ? {} : { message }),
    ...(rejected === true ? { rejected } : {}),
  };
}

/** An entry for people: one line, with the local time; undefined for what tells them nothing. */
export function eventLine(entry: JournalEntry): string | undefined {
  const text = eventText(entry);
  return text === undefined ? undefined : `${new Date(entry.at).toTimeString().slice(0, 8)}  ${text}`;
}

function eventText({
  op,
  run,
  note,
  seq,
  message,
  percent,
  purpose,
  recovered,
  rejected,
  exec,
}: JournalEntry): string | undefined {
  if (op === 'start') return `run ${run} starts${message === undefined ? '' : `: ${message}`}`;
  if (rejected === true) return `refused: ${message}`;
  if (recovered === true) return `write ${seq} was done before this process was started`;
  if (exec === 'failed') return `the command after the write failed: ${message}`;
  if (op === 'intent' && message === undefined) return `${purpose}: ${percent} % to the canary`;
  return message === undefined ? undefined : `${noteWords[note as NoteKind] ?? ''}${message}`;
}

/** What stands before a note; nothing where its own words say it. */
const noteWords: Readonly<Record<NoteKind, string>> = {
  abort: 'abort: ',
  pause: 'paused: ',
  drift: 'drift: ',
  refused: 'refused: ',
  warning: 'warning: ',
  advance: '',
  resume: '',
  undo: '',
  'in-force': '',
  webhook: '',
  plan: '',
  finish: '',
};
