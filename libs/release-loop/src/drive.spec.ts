import type { Look, NoLook } from '@grayscale/release';
import { waitingTime } from './drive.js';
import type { Tick } from './release-loop.js';

const now = 1_700_000_000_000;
const tick = (until?: number): Tick => ({
  kind: 'waiting',
  waiting: { reason: 'hold', message: '' },
  ...(until !== undefined && { until }),
});

/** What was scraped so many milliseconds ago, and is scraped every so many. */
const scraped = (ago: number, interval: number) => ({ kind: 'look', at: now - ago, interval }) as Look;
const blind: NoLook = { kind: 'no-look', reason: 'answers 503' };

it.each<[string, Look | NoLook | undefined, Tick, number]>([
  ['the interval, where nothing comes sooner', undefined, tick(), 1000],
  ['the interval, without counts', blind, tick(), 1000],
  ['until the scrape that is due can be asked for', scraped(14_600, 15_000), tick(), 500],
  ['the interval, where the scrape comes later', scraped(0, 15_000), tick(), 1000],
  ['the interval, where the scrape is late', scraped(15_200, 15_000), tick(), 1000],
  ['until the hold is over', scraped(14_600, 15_000), tick(now + 200), 200],
])('waits %s', (_, look, waiting, expected) => {
  expect(waitingTime({ look, now: () => now }, waiting, 1000)).toBe(expected);
});
