import type { HeaderList } from '../src/proxy/message/header-list.js';

/** Headers as a codec reads them, from names and values in turn. */
export function headerList(...raw: string[]): HeaderList {
  return { raw, names: raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()) };
}
