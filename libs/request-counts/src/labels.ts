import { createHash } from 'node:crypto';

/** Names and values of a series' labels, `__name__` among them. */
export type Labels = Readonly<Record<string, string>>;

/** A short name for a set of labels, the same in any order: 96 bits of SHA-256. */
export function seriesKey(labels: Labels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url').slice(0, 16);
}
