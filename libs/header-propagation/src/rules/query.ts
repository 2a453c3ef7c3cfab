import { asBytes, percentDecode } from '../field-value.js';

/** The values of a query parameter as bytes; empty ones are left out. */
export function queryValues(url: string, name: string): string[] {
  const start = url.indexOf('?') + 1;
  if (start === 0) return [];
  const end = url.indexOf('#', start);
  const values: string[] = [];
  for (const pair of url.slice(start, end === -1 ? undefined : end).split('&')) {
    const equals = pair.indexOf('=');
    if (equals === -1 || decode(pair.slice(0, equals)) !== name) continue;
    const value = decode(pair.slice(equals + 1));
    if (value !== '') values.push(value);
  }
  return values;
}

/** As a browser's form encodes: a plus is a space. */
function decode(text: string): string {
  return percentDecode(asBytes(text.includes('+') ? text.replaceAll('+', ' ') : text));
}
