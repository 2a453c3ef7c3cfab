import type { IncomingHttpHeaders } from 'node:http';

/** Of these Node keeps the first when a server repeats them; see `message.headers` in the documentation of node:http. */
const FIRST_WINS = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

/** Repeated headers as node:http folds them, so that nothing changes with the adapter: joined, but for cookies. */
export function foldHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const folded: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) folded[name] = fold(name, value);
  }
  return folded;
}

function fold(name: string, value: string | string[]): string | string[] {
  if (name === 'set-cookie') return [value].flat();
  if (typeof value === 'string') return value;
  return FIRST_WINS.has(name) ? (value[0] ?? '') : value.join(', ');
}
