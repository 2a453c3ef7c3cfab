import type { ManifestSet } from '../manifest-reader.js';

/**
 * Whether a set looks as if somebody were still writing it: a file that was there is gone or empty, or a changed text
 * stops in the middle of a line. Such a set may even be valid, with half of its rules, so it is worth another look.
 */
export function looksUnfinished(next: ManifestSet, previous: ManifestSet): boolean {
  const texts = new Map(next.files.map(({ path, text }) => [path, text]));
  const lost = previous.files.some(({ path, text }) => text !== '' && (texts.get(path) ?? '') === '');
  const before = new Map(previous.files.map(({ path, text }) => [path, text]));
  const cut = next.files.some(({ path, text }) => before.get(path) !== text && !text.endsWith('\n'));
  return lost || cut;
}
