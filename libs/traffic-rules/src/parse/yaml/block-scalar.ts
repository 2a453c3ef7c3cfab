import { GrowingText } from './growing-text.js';
import { type Reader, YamlError } from './reader.js';
import type { ScannedScalar } from './scanned-scalar.js';

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
