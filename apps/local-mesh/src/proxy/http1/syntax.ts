import { METHODS } from 'node:http';
import type { HeaderList } from '../message/header-list.js';
import { MalformedMessage } from '../message/malformed-message.js';
import { token } from '../message/token.js';

/** Envoy's parser knows a list of methods and refuses every other, `get` included: Node's, but for these two (Envoy 1.40, seen for each). */
export const knownMethods: ReadonlySet<string> = new Set(
  METHODS.filter((name) => name !== 'QUERY' && name !== 'M-SEARCH'),
);

// Tab and everything printable; a bare CR or LF, NUL and the other controls are how requests are smuggled.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const forbiddenInValue = /[\0-\x08\x0a-\x1f\x7f]/;

/** Parses the lines after the first one. Throws MalformedMessage. */
export function parseHeaderLines(lines: readonly string[], maxCount: number): HeaderList {
  const count = lines.length - 1;
  if (count > maxCount) throw new MalformedMessage(431, 'http1.too_many_headers');
  const raw = new Array<string>(count * 2);
  const names = new Array<string>(count);
  for (let i = 0; i < count; i++) {
    const line = lines[i + 1] as string;
    const colon = line.indexOf(':');
    const name = colon < 0 ? '' : line.slice(0, colon);
    // Refuses an empty name, a blank before the colon and a folded line as well.
    if (!token.test(name)) throw new MalformedMessage(400, 'http1.codec_error');
    const value = fieldValue(line, colon + 1);
    if (forbiddenInValue.test(value)) throw new MalformedMessage(400, 'http1.codec_error');
    raw[2 * i] = name;
    raw[2 * i + 1] = value;
    names[i] = name.toLowerCase();
  }
  return { raw, names };
}

const space = 0x20;
const tab = 0x09;

/** Without the blanks around it. Not `trim`: that takes 0xA0 away as well, which ends the UTF-8 of many letters. */
function fieldValue(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === space || code === tab;
}
