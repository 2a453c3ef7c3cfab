/** JSON without what says nothing, and the same for any order of the fields; the empty text for nothing at all. */
export function canonical(value: object): string {
  if (Object.values(value).every(saysNothing)) return '';
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([, inner]) => !saysNothing(inner));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function saysNothing(value: unknown): boolean {
  if (value === false || value === undefined) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
