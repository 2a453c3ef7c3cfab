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

/** Reads blanks and line breaks. @returns the blanks where there was no line break, else the breaks */
function space(reader: Reader, onTab: () => void): { blanks: string; breaks: Folding } {
  const start = reader.at;
  const breaks = new Folding();
  reader.skipBlanks();
  let end = reader.at;
  while (reader.isBlank() || reader.isBreak()) {
    if (reader.isBreak()) breaks.add(reader.lineBreak());
    else {
      if (reader.peek() === '\t') onTab();
      reader.at++;
    }
  }
  if (breaks.isEmpty) end = reader.at;
  return { blanks: reader.text.slice(start, end), breaks };
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
  let text = '';
  let end = start;
  let gap = '';
  let spansLines = false;
  while (!reader.isMarker() && reader.peek() !== '#') {
    const from = reader.at;
    while (!reader.isSpace() && !endsPlain(reader, isFlow)) reader.at++;
    if (reader.at > from) {
      text += gap + reader.text.slice(from, reader.at);
      end = reader.at;
      spansLines = false;
    }
    if (!reader.isBlank() && !reader.isBreak()) break;
    const { blanks, breaks } = space(reader, () => {
      if (reader.column < indent)
        throw new YamlError(reader.at, 'a tab is not allowed as indentation; indent with spaces');
    });
    spansLines = !breaks.isEmpty;
    gap = breaks.isEmpty ? blanks : breaks.fold();
    if (!isFlow && reader.column < indent) break;
  }
  return { text, start, end, spansLines };
}

function endsPlain(reader: Reader, isFlow: boolean): boolean {
  const character = reader.peek();
  return (character === ':' && reader.isSpace(1)) || (isFlow && flowEnds.includes(character));
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1B',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xA0',
  L: '\u2028',
  P: '\u2029',
};

/** How many hexadecimal digits follow. */
const codeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A scalar in quotes; the reader stands at the first one. */
export function scanQuoted(reader: Reader): ScannedScalar {
  const { at: start } = reader;
  const quote = reader.peek();
  reader.at++;
  let text = '';
  for (;;) {
    if (reader.isMarker()) throw new YamlError(start, 'the quote is not closed before the document ends');
    if (reader.isEnd()) throw new YamlError(start, 'the quote is not closed');
    const part = quotedPart(reader, quote);
    text += part.text;
    if (reader.peek() === quote) break;
    const { blanks, breaks } = space(reader, () => {});
    if (part.brokenLine) text += breaks.raw;
    else text += breaks.isEmpty ? blanks : breaks.fold();
  }
  reader.at++;
  return { text, start, end: reader.at };
}

/** What stands up to a blank, a line break, the closing quote or an escaped line break. */
function quotedPart(reader: Reader, quote: string): { text: string; brokenLine: boolean } {
  let text = '';
  let from = reader.at;
  while (!reader.isSpace()) {
    const character = reader.peek();
    if (character === quote && !(quote === "'" && reader.peek(1) === "'")) break;
    if (character !== "'" && (character !== '\\' || quote === "'")) {
      reader.at++;
      continue;
    }
    if (character === "'" && quote === '"') {
      reader.at++;
      continue;
    }
    text += reader.text.slice(from, reader.at);
    if (character === '\\' && reader.isBreak(1)) {
      reader.at++;
      reader.lineBreak();
      return { text, brokenLine: true };
    }
    if (character === '\\') text += escaped(reader);
    else {
      text += "'";
      reader.at += 2;
    }
    from = reader.at;
  }
  return { text: text + reader.text.slice(from, reader.at), brokenLine: false };
}

function escaped(reader: Reader): string {
  const { at } = reader;
  const letter = reader.peek(1);
  reader.at += 2;
  const simple = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (simple !== undefined) return simple;
  const length = Object.hasOwn(codeLengths, letter) ? codeLengths[letter] : undefined;
  if (length === undefined)
    throw new YamlError(
      at,
      `YAML 1.1, which kubectl reads, has no escape \\${letter}; write the character itself, or \\\\ for a backslash`,
    );
  const digits = reader.text.slice(reader.at, reader.at + length);
  const code = /^[0-9A-Fa-f]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1;
  if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
    throw new YamlError(at, `\\${letter} wants ${length} hexadecimal digits of a character`);
  reader.at += length;
  return String.fromCodePoint(code);
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
  let text = '';
  let end = start;
  let breaks = lines.skipEmpty();
  let lastBreak = '';
  let wasIndented = false;
  while (lines.hasContent()) {
    const isIndented = reader.isBlank();
    const folds = !isLiteral && !wasIndented && !isIndented && lastBreak === '\n';
    text += (folds ? (breaks === '' ? ' ' : '') : lastBreak) + breaks;
    wasIndented = isIndented;
    const from = reader.at;
    while (!reader.isBreak() && !reader.isEnd()) reader.at++;
    text += reader.text.slice(from, reader.at);
    lastBreak = reader.isEnd() ? '' : reader.lineBreak();
    end = reader.at;
    breaks = lines.skipEmpty();
  }
  if (chomping !== '-') text += lastBreak;
  if (chomping === '+') text += breaks;
  return { text, start, end };
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
