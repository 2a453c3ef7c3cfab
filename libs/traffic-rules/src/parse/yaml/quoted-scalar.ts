import { GrowingText } from './growing-text.js';
import { lineBreaks } from './line-folding.js';
import { type Reader, YamlError } from './reader.js';
import type { ScannedScalar } from './scanned-scalar.js';

/** The codes of what stands behind a backslash. */
const escapes: ReadonlyMap<string, number> = new Map([
  ['0', 0x00],
  ['a', 0x07],
  ['b', 0x08],
  ['t', 0x09],
  ['\t', 0x09],
  ['n', 0x0a],
  ['v', 0x0b],
  ['f', 0x0c],
  ['r', 0x0d],
  ['e', 0x1b],
  [' ', 0x20],
  ['"', 0x22],
  ["'", 0x27],
  ['\\', 0x5c],
  ['N', 0x85],
  ['_', 0xa0],
  ['L', 0x2028],
  ['P', 0x2029],
]);

/** How many hexadecimal digits follow. */
const codeLengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** A scalar in quotes; the reader stands at the first one. */
export function scanQuoted(reader: Reader): ScannedScalar {
  const { at: start } = reader;
  const quote = reader.peek();
  reader.at++;
  const text = new GrowingText();
  for (;;) {
    if (reader.isMarker()) throw new YamlError(start, 'the quote is not closed before the document ends');
    if (reader.isEnd()) throw new YamlError(start, 'the quote is not closed');
    const brokenLine = quotedPart(reader, quote, text);
    if (reader.peek() === quote) break;
    const breaks = lineBreaks(reader);
    text.add(brokenLine ? breaks.raw : breaks.fold());
  }
  reader.at++;
  return { text: text.toString(), start, end: reader.at };
}

/**
 * Reads up to a line break, an escaped one, or the closing quote; blanks before a line break are no part of the text.
 * @returns whether the line break is escaped
 */
function quotedPart(reader: Reader, quote: string, text: GrowingText): boolean {
  let from = reader.at;
  let end = from;
  while (!reader.isBreak() && !reader.isEnd()) {
    if (reader.isBlank()) reader.skipBlanks();
    else if (reader.peek() === '\\' && quote === '"') {
      if (reader.at > from) text.add(reader.text.slice(from, reader.at));
      if (reader.isBreak(1)) {
        reader.at++;
        reader.lineBreak();
        return true;
      }
      text.addCode(escaped(reader));
      from = end = reader.at;
    } else if (reader.peek() !== quote) end = ++reader.at;
    else if (quote === "'" && reader.peek(1) === quote) {
      // The first of the two stands for both.
      text.add(reader.text.slice(from, reader.at + 1));
      reader.at += 2;
      from = end = reader.at;
    } else {
      end = reader.at;
      break;
    }
  }
  if (end > from) text.add(reader.text.slice(from, end));
  return false;
}

/** Steps over an escape in double quotes. @returns the code of the character that it stands for */
function escaped(reader: Reader): number {
  const { at } = reader;
  const letter = reader.peek(1);
  reader.at += 2;
  const simple = escapes.get(letter);
  if (simple !== undefined) return simple;
  const length = codeLengths.get(letter);
  if (length === undefined)
    throw new YamlError(
      at,
      `YAML 1.1, which kubectl reads, has no escape \\${letter}; write the character itself, or \\\\ for a backslash`,
    );
  const code = hexadecimal(reader, length);
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw new YamlError(at, `\\${letter} needs ${length} hexadecimal digits`);
  reader.at += length;
  return code;
}

const hexadecimalDigits = '0123456789abcdef';

/** The number that so many digits ahead are; -1 where one of them is none. */
function hexadecimal(reader: Reader, length: number): number {
  let code = 0;
  for (let ahead = 0; ahead < length; ahead++) {
    const digit = reader.isEnd(ahead) ? -1 : hexadecimalDigits.indexOf(reader.peek(ahead).toLowerCase());
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}
