import { percentDecode } from '../field-value.js';

/** The value of one cookie as bytes, percent-decoded and without quotes; the first of that name, `''` as none. */
export function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    const raw = pair.slice(equals + 1).trim();
    const quoted = raw.length >= 2 && raw.startsWith('"') && raw.endsWith('"');
    return percentDecode(quoted ? raw.slice(1, -1) : raw) || undefined;
  }
  return undefined;
}
