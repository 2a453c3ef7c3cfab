import type { Json } from '@grayscale/release';

/** Where a reading ended: plain JSON, to be kept with the state that was made of the counts. */
export interface CountCursor {
  /** When the first reading was made, in milliseconds since the epoch. */
  startedAt: number;
  /** For each caller the reporter whose series are counted. */
  reporters: Record<string, Reporter>;
  /** For each endpoint or Prometheus what is known of its series. */
  origins: Record<string, OriginCursor>;
}

export type Reporter = 'source' | 'waypoint';

export interface OriginCursor {
  /** How old the process behind an endpoint was. */
  process?: ProcessAge;
  /** When an endpoint last answered, in milliseconds since the epoch. */
  scrapedAt?: number;
  /** The last point of each series, by a hash of its labels. */
  series: Record<string, SeriesPoint>;
}

export type SeriesPoint = [seconds: number, value: number];

/** How a restart shows: by another start time, in seconds since the epoch, or by an uptime in seconds that fell. */
export interface ProcessAge {
  startTime?: number;
  uptime?: number;
}

/** The cursor of the look before; undefined at the first, or when it is another source's. */
export function cursorFrom(json: Json | undefined): CountCursor | undefined {
  if (typeof json !== 'object' || json === null || !('origins' in json)) return undefined;
  return json as unknown as CountCursor;
}

export function toJson(cursor: CountCursor): Json {
  return cursor as unknown as Json;
}
