import { GrowingText } from './growing-text.js';
import { type Reader, YamlError } from './reader.js';

/** What scanning a scalar gives. */
export interface ScannedScalar {
  text: string;
  /** The first character of the content, a quote included; of a block scalar that of the line after its header. */
  start: number;
  end: number;
}

/** Line breaks between two parts of a scalar: one becomes a blank, of several the first goes. */
class Folding {
  private first = '';
  private rest = '';

  get isEmpty(): boolean {
    return this.first === '';
  }

  add(lineBreak: string): void {
    if (this.first === '') this.first = lineBreak;
    else this.rest += lineBreak;
  }

  /** As they are, which is how they count behind an escaped one. */
  get raw(): string {
    return this.first + this.rest;
  }

  fold(): string {
    if (this.first !== '\n') return this.raw;
    return this.rest === '' ? ' ' : this.rest;
  }
}

/** Steps over blanks and line breaks. @returns the breaks */
function lineBreaks(reader: Reader, onTab?: () => void): Folding {
  const breaks = new Folding();
  reader.skipBlanks();
  while (reader.isBlank() || reader.isBreak()) {
    if (reader.isBreak()) breaks.add(reader.lineBreak());
    else {
      if (reader.peek() === '\t') onTab?.();
      reader.at++;
    }
  }
  return breaks;
}

/** Characters that end a plain scalar within brackets; the question mark is one in YAML 1.1. */
const flowEnds = ',?[]{}';

/**
 * A scalar without quotes. Within brackets a colon ends it only before a blank: `[2001:db8::]` is one.
 * @param indent the least column of its further lines
 */
export function scanPlain(
  reader: Reader,
  indent: number,
  isFlow: boolean,
): ScannedScalar & { spansLines: boolean } {
  const { at: start } = reader;
  const text = new GrowingText();
  let end = start;
  let gap = '';
  let spansLines = false;
  while (!reader.isMarker() && reader.peek() !== '#') {
    const from = reader.at;
    const until = plainPart(reader, isFlow);
    if (until > from) {
      text.add(gap);
      text.add(reader.text.slice(from, until));
      end = until;
      spansLines = false;
    }
    if (!reader.isBreak()) break;
    const breaks = lineBreaks(reader, () => {
      if (reader.column < indent)
        throw new YamlError(reader.at, 'a tab is not allowed as indentation; indent with spaces');
    });
    spansLines = true;
    gap = breaks.fold();
    if (!isFlow && reader.column < indent) break;
  }
  return { text: text.toString(), start, end, spansLines };
}

/** Steps over what a line has of a plain scalar, and over the blanks behind it. @returns where it ends without them */
function plainPart(reader: Reader, isFlow: boolean): number {
  let end = reader.at;
  while (!reader.isBreak() && !reader.isEnd()) {
    if (reader.isBlank()) {
      reader.skipBlanks();
      if (reader.peek() === '#') break;
    } else {
      if (endsPlain(reader, isFlow)) break;
      reader.at++;
      end = reader.at;
    }
  }
  return end;
}

function endsPlain(reader: Reader, isFlow: boolean): boolean {
  const character = reader.peek();
  return (character === ':' && reader.isSpace(1)) || (isFlow && flowEnds.includes(character));
}

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
    throw new YamlError(at, `\\${letter} wants ${length} hexadecimal digits of a character`);
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

/**
 * A literal or folded scalar; the reader stands at its `|` or `>`.
 * @param parentIndent the column of the collection around it, -1 at the top
 */
export function scanBlock(reader: Reader, parentIndent: number): ScannedScalar {
  const isLiteral = reader.peek() === '|';
  const { chomping, increment } = blockHeader(reader);
  const { at: start } = reader;
  const lines = new BlockLines(
    reader,
    increment === 0 ? 0 : Math.max(parentIndent, 0) + increment,
    parentIndent,
  );
  const text = new GrowingText();
  let end = start;
  let breaks = lines.skipEmpty();
  let lastBreak = '';
  let wasIndented = false;
  while (lines.hasContent()) {
    const isIndented = reader.isBlank();
    const folds = !isLiteral && !wasIndented && !isIndented && lastBreak === '\n';
    text.add(folds ? (breaks === '' ? ' ' : '') : lastBreak);
    text.add(breaks);
    wasIndented = isIndented;
    const from = reader.at;
    while (!reader.isBreak() && !reader.isEnd()) reader.at++;
    text.add(reader.text.slice(from, reader.at));
    lastBreak = reader.isEnd() ? '' : reader.lineBreak();
    end = reader.at;
    breaks = lines.skipEmpty();
  }
  if (chomping !== '-') text.add(lastBreak);
  if (chomping === '+') text.add(breaks);
  return { text: text.toString(), start, end };
}

/** `|`, `|-`, `>2+`, and what is left of the line. */
function blockHeader(reader: Reader): { chomping: string; increment: number } {
  const { at } = reader;
  reader.at++;
  let chomping = '';
  let digit = '';
  for (let turn = 0; turn < 2; turn++) {
    const next = reader.peek();
    if (chomping === '' && (next === '+' || next === '-')) chomping = next;
    else if (digit === '' && next >= '0' && next <= '9' && next !== '') digit = next;
    else break;
    reader.at++;
  }
  if (digit === '0') throw new YamlError(at, 'the indentation of a block scalar is a digit from 1 to 9');
  reader.skipBlanks();
  reader.skipComment();
  if (!reader.isBreak() && !reader.isEnd())
    throw new YamlError(reader.at, 'a block scalar begins on the next line; only a comment may stand here');
  if (reader.isBreak()) reader.lineBreak();
  return { chomping, increment: Number(digit) };
}

class BlockLines {
  constructor(
    private readonly reader: Reader,
    /** 0 until the first line with content tells. */
    private indent: number,
    private readonly parentIndent: number,
  ) {}

  hasContent(): boolean {
    return this.reader.column === this.indent && !this.reader.isEnd();
  }

  /** Steps over empty lines and the indentation of the next other one. @returns the line breaks */
  skipEmpty(): string {
    const { reader } = this;
    let breaks = '';
    let widest = 0;
    for (;;) {
      while ((this.indent === 0 || reader.column < this.indent) && reader.peek() === ' ') reader.at++;
      widest = Math.max(widest, reader.column);
      if ((this.indent === 0 || reader.column < this.indent) && reader.peek() === '\t')
        throw new YamlError(reader.at, 'a tab is not allowed as indentation; indent with spaces');
      if (!reader.isBreak()) break;
      breaks += reader.lineBreak();
    }
    if (this.indent === 0) this.indent = Math.max(widest, this.parentIndent + 1, 1);
    return breaks;
  }
}
