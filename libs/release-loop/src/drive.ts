import { setTimeout as after } from 'node:timers/promises';
import type { ReleaseLoop, Tick } from './release-loop.js';

/** How a loop is driven, and who is told. */
export interface DriveOptions<End> {
  /** Time between two looks, in milliseconds. */
  interval: number;
  /** Ends the driving; the release stays where it is. */
  signal: AbortSignal;
  /** Is told after each tick. What it gives back ends the driving. */
  ticked(tick: Tick): End | undefined;
}

/** How often commands of other processes are looked for, in milliseconds. */
const commandInterval = 200;

/** Looks, decides and obeys until `ticked` ends it. @returns what `ticked` ended it with; undefined after the signal */
export async function drive<End>(loop: ReleaseLoop, options: DriveOptions<End>): Promise<End | undefined> {
  while (!options.signal.aborted) {
    const tick = await loop.tick();
    const end = options.ticked(tick) ?? (await untilNextLook(loop, tick, options));
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Waits, and carries out commands meanwhile. */
async function untilNextLook<End>(
  loop: ReleaseLoop,
  tick: Tick,
  { interval, signal, ticked }: DriveOptions<End>,
): Promise<End | undefined> {
  const until = performance.now() + waitingTime(loop, tick, interval);
  while (performance.now() < until && !signal.aborted) {
    await after(Math.min(commandInterval, Math.max(0, until - performance.now())));
    const answer = await loop.obey();
    const end = answer === undefined ? undefined : ticked(answer);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** How long to wait for the next look, in milliseconds. */
export function waitingTime(loop: Pick<ReleaseLoop, 'look' | 'now'>, tick: Tick, interval: number): number {
  const until = tick.kind === 'waiting' ? tick.until : undefined;
  const untilChange = until === undefined ? interval : Math.max(0, until - loop.now());
  return Math.min(interval, untilChange, untilScrape(loop));
}

/** How long a scrape may take until its samples can be asked for, in milliseconds. */
const scrapeTime = 100;

/** Until the next scrape shows, if it is yet to come: a look right after it sees what went wrong up to an interval earlier than the one that comes by itself. */
function untilScrape({ look, now }: Pick<ReleaseLoop, 'look' | 'now'>): number {
  if (look?.kind !== 'look') return Number.POSITIVE_INFINITY;
  const wait = look.at + look.interval + scrapeTime - now();
  return wait > 0 ? wait : Number.POSITIVE_INFINITY;
}
