import type { HeaderList } from '../src/proxy/message/header-list.js';

/** Headers that concern one connection alone, whatever `Connection` names. */
export const ofOneConnection = [
  'Connection',
  'HTTP2-Settings',
  'Keep-Alive',
  'Proxy-Connection',
  'Transfer-Encoding',
  'Upgrade',
];

/** Headers as a codec reads them, from names and values in turn. */
export function headerList(...raw: string[]): HeaderList {
  return { raw, names: raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()) };
}

/** The values of a header by its name in lower case, in a list of names and values in turn. */
export function valuesOf(headers: readonly string[], name: string): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}
