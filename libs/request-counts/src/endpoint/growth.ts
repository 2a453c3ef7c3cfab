import type { OriginCursor, ProcessAge } from '../cursor.js';
import type { Sample } from '../exposition.js';
import { seriesKey } from '../labels.js';
import type { Increment } from '../tally.js';
import type { Scrape } from './scrape.js';

/** How much each series of an endpoint grew, and where it stands now. */
export interface Growth {
  increments: Increment[];
  /** Whether the beginning of its series is unknown, so that this scrape is only their baseline. */
  isBlind: boolean;
  cursor: OriginCursor;
}

/** What the counters of a scrape are to be compared with. */
type Base = 'known' | 'zero' | 'baseline';

/**
 * Compares a scrape with the one before. A series counts from 0 when the process is a new one, when the scrape before succeeded without
 * it, or when it fell.
 * @param known where this endpoint stood; undefined when it has not answered before
 * @param startedAt when counting began, in milliseconds since the epoch; undefined when it begins with this scrape
 */
export function grown(
  scrape: Scrape,
  known: OriginCursor | undefined,
  startedAt: number | undefined,
): Growth {
  const base = startedAt === undefined ? 'baseline' : baseOf(scrape, known, startedAt);
  const series: OriginCursor['series'] = {};
  const increments = scrape.samples.map((sample): Increment => {
    const key = seriesKey({ ...sample.labels, __name__: sample.name });
    const before = base === 'known' ? known?.series[key]?.[1] : undefined;
    series[key] = [scrape.at / 1000, sample.value];
    return { labels: sample.labels, metric: sample.name, by: growth(sample, base, before) };
  });
  const isBlind = base === 'baseline' && startedAt !== undefined && scrape.samples.length > 0;
  return { increments, isBlind, cursor: { process: { ...scrape.process }, scrapedAt: scrape.at, series } };
}

function growth({ value }: Sample, base: Base, before = 0): number {
  if (base === 'baseline') return 0;
  return value < before ? value : value - before;
}

function baseOf({ process, at }: Scrape, known: OriginCursor | undefined, startedAt: number): Base {
  if (known === undefined) return began(process, at) > startedAt ? 'zero' : 'baseline';
  if (!isAnotherProcess(process, known.process ?? {})) return 'known';
  // A process that ran before the last scrape, at the same address, is another one behind a balancer: its counters are not ours.
  return began(process, at) > (known.scrapedAt ?? startedAt) - 1000 ? 'zero' : 'baseline';
}

function isAnotherProcess(now: ProcessAge, before: ProcessAge): boolean {
  if (now.startTime !== undefined && before.startTime !== undefined)
    return now.startTime !== before.startTime;
  return now.uptime !== undefined && before.uptime !== undefined && now.uptime < before.uptime;
}

/** When the process began, in milliseconds since the epoch; long ago when it does not tell. */
function began({ startTime, uptime }: ProcessAge, at: number): number {
  if (startTime !== undefined) return startTime * 1000;
  return uptime === undefined ? Number.NEGATIVE_INFINITY : at - uptime * 1000;
}
