const longest = 60;

/** A value as a message shows it: short, on one line, never the whole of a large one. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return quote(value);
  return typeof value === 'boolean' ? `the boolean ${value}` : `the number ${value}`;
}

/** A text in quotes, control characters escaped, cut where it gets long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > longest ? `${text.slice(0, longest)}…` : text);
}
