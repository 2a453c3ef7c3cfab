import { randomUUID } from 'node:crypto';
import { isOver, type JournalEntry, type Json, type ReleaseState } from '@grayscale/release';

/** How many decisions are kept; with the state they are some tens of kilobytes, and an object may have 1.5 MB. */
const mostEntries = 60;
/** An entry's longest message, in characters; webhooks and API servers may answer with a lot. */
const longestMessage = 2000;

/** A release's memory as an object keeps it: the state, and the last decisions. */
export interface RecordContent {
  version: 1;
  /** Of the write that made it so, to recognise it by when its answer was lost. */
  id: string;
  state: Json | null;
  /** The plan that is followed. */
  plan: Json | null;
  /** Oldest first. Their states are left with what is shown of them. */
  entries: JournalEntry[];
  /** How many older ones are not kept any more. */
  dropped: number;
  /** Who wrote it, and is still there; in milliseconds since the epoch. */
  driver?: { name: string; at: number };
}

export const emptyContent: RecordContent = {
  version: 1,
  id: '',
  state: null,
  plan: null,
  entries: [],
  dropped: 0,
};

/** The content with one more entry. A look without news leaves only its state. @param driver who writes it */
export function withEntry(content: RecordContent, entry: JournalEntry, driver?: string): RecordContent {
  const { state, plan, ...rest } = entry;
  const kept = isNews(entry)
    ? [...content.entries, { ...shortened(rest as JournalEntry), ...digest(state) }]
    : content.entries;
  const over = Math.max(0, kept.length - mostEntries);
  return {
    version: 1,
    id: randomUUID(),
    state: state ?? content.state,
    plan: plan ?? content.plan,
    entries: kept.slice(over),
    dropped: content.dropped + over,
    ...(driver !== undefined && { driver: { name: driver, at: Date.now() } }),
  };
}

/** The content once its driver has gone. */
export function withoutDriver({ driver: _, ...content }: RecordContent): RecordContent {
  return { ...content, id: randomUUID() };
}

/** Whoever drives a run keeps what it sees every few seconds, or while the run is paused each minute; silent for longer it is gone, in milliseconds. */
const longestSilence = { paused: 150_000, else: 30_000 };

/** Who drives the run now, as far as the content tells by the clock of whoever wrote it. */
export function driverIn({ driver, state }: RecordContent, now: number): string | undefined {
  const { phase } = (state ?? {}) as Partial<ReleaseState>;
  if (driver === undefined || phase === undefined || isOver(phase)) return undefined;
  const silence = phase === 'paused' ? longestSilence.paused : longestSilence.else;
  return now - driver.at < silence ? driver.name : undefined;
}

/** The entries as a journal has them, the newest state in the last one. */
export function journalOf({ state, plan, entries, dropped }: RecordContent): JournalEntry[] {
  const [first] = entries;
  if (first === undefined || state === null) return [...entries];
  const { run, seq, now } = state as unknown as ReleaseState;
  const message = `${dropped} older ${dropped === 1 ? 'entry is' : 'entries are'} not kept in the cluster`;
  const older: JournalEntry[] =
    dropped === 0 ? [] : [{ op: 'observe', run: first.run, seq: first.seq, at: first.at, message }];
  return [
    ...older,
    ...entries,
    { op: 'observe', run, seq, at: now, state, ...(plan === null ? {} : { plan }) },
  ];
}

function isNews({ op, message, command }: JournalEntry): boolean {
  return op !== 'observe' || message !== undefined || command !== undefined;
}

/** Undefined for what grayscale has not written. */
export function contentIn(value: unknown): RecordContent | undefined {
  const content = (value ?? {}) as Partial<RecordContent>;
  const { version, entries, state = null, plan = null, dropped = 0, id = '', driver } = content;
  if (version !== 1 || !Array.isArray(entries)) return undefined;
  return { version, id, state, plan, entries, dropped, ...(driver !== undefined && { driver }) };
}

/** What is shown of the state of an earlier decision. */
function digest(state: Json | undefined): { state?: Json } {
  if (state === undefined) return {};
  const { percent = 0, phase = '' } = state as { percent?: number; phase?: string };
  return { state: { percent, phase } };
}

function shortened(entry: JournalEntry): JournalEntry {
  const { message } = entry;
  return message === undefined || message.length <= longestMessage
    ? entry
    : { ...entry, message: `${message.slice(0, longestMessage)}...` };
}
