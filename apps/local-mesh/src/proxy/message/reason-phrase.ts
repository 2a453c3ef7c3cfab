import { STATUS_CODES } from 'node:http';

/** Envoy has no words for these (1.40, seen on the wire for every status from 100 to 599). */
const withoutWords: ReadonlySet<number> = new Set([102, 103, 418, 451, 509]);

/** The words after a status, as Envoy writes them. */
export function reasonPhrase(status: number): string {
  return (withoutWords.has(status) ? undefined : STATUS_CODES[status]) ?? 'Unknown';
}
