import type { JournalEntry, ReleaseReport, StepReport } from '@grayscale/release';
import type { CommandName } from './commands.js';

/** One release, for display. Shares are in percent, times in milliseconds. */
export interface ReleaseView {
  name: string;
  /** The plan's file. */
  plan: string;
  /** Why it cannot be started, or went wrong; empty where nothing stands against it. */
  problems: string[];
  /** The plan's steps, also before the first run. */
  steps: StepReport[];
  /** Absent before the first run. */
  report?: ReleaseReport;
  /** The new version's share over time, oldest first, since this process has been watching. */
  series: SharePoint[];
  /** The newest entries of the journal, oldest first. */
  events: EventView[];
  commands: CommandName[];
}

export interface SharePoint {
  at: number;
  wanted: number;
  requests: number;
  share?: number;
  low?: number;
  high?: number;
}

export interface EventView {
  /** RFC 3339. */
  time: string;
  event: string;
  message: string;
}

/** So many entries of the journal are shown. */
export const shownEvents = 50;

/** So many points: an hour of looks each second. */
const keptPoints = 3600;

/** What the journal tells people. */
export function eventViews(journal: readonly JournalEntry[]): EventView[] {
  return journal.flatMap(eventView);
}

function eventView({ op, note, at, message, purpose, percent, rejected }: JournalEntry): EventView[] {
  const time = new Date(at).toISOString();
  if (rejected === true) return [{ time, event: 'refused', message: message ?? '' }];
  const event = typeof note === 'string' ? note : op;
  if (op === 'intent' && message === undefined) {
    return [{ time, event, message: `${purpose}: ${percent} % to the new version` }];
  }
  return message === undefined ? [] : [{ time, event, message }];
}

/** Adds what a report observed, once for each decision. */
export function addPoint(series: SharePoint[], { now, wanted, observed: [observed] }: ReleaseReport): void {
  if (observed === undefined || (series.at(-1)?.at ?? 0) >= now) return;
  const { requests, share, low, high } = observed;
  series.push({
    at: now,
    wanted,
    requests,
    ...(share !== undefined && { share }),
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
  });
  if (series.length > keptPoints) series.shift();
}
