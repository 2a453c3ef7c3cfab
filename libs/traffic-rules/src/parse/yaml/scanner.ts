import { scanBlock } from './block-scalar.js';
import { scanPlain } from './plain-scalar.js';
import { scanAnchor, scanDirective, scanTag } from './properties.js';
import { scanQuoted } from './quoted-scalar.js';
import { Reader, YamlError } from './reader.js';
import type { ScalarStyle, Token, TokenKind } from './token.js';

/** A place where a key without `?` may have begun; only a colon behind it tells. */
interface SimpleKey {
  /** Which token it would be, counted from the first. */
  token: number;
  offset: number;
  column: number;
  line: number;
  /** Whether nothing else can stand there. */
  required: boolean;
}

/** A key without `?` ends on its line, and before this many characters. */
const longestSimpleKey = 1024;

/**
 * The tokens of one document, by the grammar of libyaml: YAML 1.1 with its tolerances, which go-yaml and so kubectl read.
 * It differs from YAML 1.2 where brackets, tabs, question marks and colons meet.
 */
export class Scanner {
  private readonly reader: Reader;
  private readonly queue: Token[] = [];
  private head = 0;
  /** Tokens that left the queue. */
  private taken = 0;
  private indent = -1;
  private readonly indents: number[] = [];
  private flowLevel = 0;
  private simpleKeyAllowed = true;
  /** One for each level of brackets, and the one around all. */
  private readonly simpleKeys: (SimpleKey | undefined)[] = [undefined];

  /** @throws YamlError as all methods do, for the first thing that is wrong */
  constructor(text: string) {
    this.reader = new Reader(text);
  }

  peek(): Token {
    while (this.head === this.queue.length || this.headMayBecomeKey()) this.fetch();
    return this.queue[this.head] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.head++;
    this.taken++;
    if (this.head === this.queue.length) this.queue.length = this.head = 0;
    return token;
  }

  /** The line of an offset that is not before the current line. */
  private get line(): number {
    return this.reader.lineStart;
  }

  private headMayBecomeKey(): boolean {
    for (let level = 0; level < this.simpleKeys.length; level++)
      if (this.simpleKeys[level]?.token === this.taken && this.isStillPossible(level)) return true;
    return false;
  }

  private isStillPossible(level: number): boolean {
    const key = this.simpleKeys[level];
    if (key === undefined) return false;
    if (key.line === this.line && key.offset + longestSimpleKey >= this.reader.at) return true;
    this.dropSimpleKey(level);
    return false;
  }

  private dropSimpleKey(level = this.flowLevel): void {
    const key = this.simpleKeys[level];
    if (key?.required) throw new YamlError(key.offset, 'a colon is missing after this key');
    this.simpleKeys[level] = undefined;
  }

  private saveSimpleKey(): void {
    if (!this.simpleKeyAllowed) return;
    const { at: offset, column } = this.reader;
    const required = this.flowLevel === 0 && this.indent === column;
    this.dropSimpleKey();
    const token = this.taken + this.queue.length - this.head;
    this.simpleKeys[this.flowLevel] = { token, offset, column, line: this.line, required };
  }

  private fetch(): void {
    const { reader } = this;
    this.skipToToken();
    this.unrollIndent(reader.column);
    if (reader.isEnd()) this.fetchStreamEnd();
    else if (reader.column === 0 && reader.peek() === '%') this.fetchDirective();
    else if (reader.isMarker()) this.fetchMarker();
    else this.fetchContent(reader.peek());
  }

  private fetchContent(character: string): void {
    const isFlow = this.flowLevel > 0;
    const beforeSpace = this.reader.isSpace(1);
    if (character === '[' || character === '{') this.fetchFlowStart(character);
    else if (character === ']' || character === '}') this.fetchFlowEnd(character);
    else if (character === ',') this.fetchFlowEntry();
    else if (character === '-' && beforeSpace) this.fetchBlockEntry();
    else if (character === '?' && (isFlow || beforeSpace)) this.fetchKey();
    else if (character === ':' && (isFlow || beforeSpace)) this.fetchValue();
    else if (character === '*' || character === '&') this.fetchProperty(scanAnchor);
    else if (character === '!') this.fetchProperty(scanTag);
    else if ((character === '|' || character === '>') && !isFlow) this.fetchBlockScalar(character);
    else if (character === "'" || character === '"') this.fetchQuoted(character);
    else if (!'#|>%@`\t'.includes(character)) this.fetchPlain();
    else throw new YamlError(this.reader.at, unexpected(character));
  }

  private skipToToken(): void {
    const { reader } = this;
    for (;;) {
      const tabs = this.flowLevel > 0 || !this.simpleKeyAllowed;
      while (reader.peek() === ' ' || (tabs && reader.peek() === '\t')) reader.at++;
      reader.skipComment();
      if (!reader.isBreak()) return;
      reader.lineBreak();
      if (this.flowLevel === 0) this.simpleKeyAllowed = true;
    }
  }

  private add(kind: TokenKind, start: number, end = start): void {
    this.queue.push({ kind, start, end, text: '' });
  }

  /** A token of so many characters. */
  private take(kind: TokenKind, length = 1): void {
    this.add(kind, this.reader.at, this.reader.at + length);
    this.reader.at += length;
  }

  /** Begins a collection that indentation opens, before the token of that number where one is given. */
  private rollIndent(column: number, kind: TokenKind, offset: number, before?: number): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    const token = { kind, start: offset, end: offset, text: '' };
    if (before === undefined) this.queue.push(token);
    else this.queue.splice(this.head + before - this.taken, 0, token);
  }

  private unrollIndent(column: number): void {
    if (this.flowLevel > 0) return;
    while (this.indent > column) {
      this.add('block-end', this.reader.at);
      this.indent = this.indents.pop() ?? -1;
    }
  }

  private fetchStreamEnd(): void {
    this.unrollIndent(-1);
    // On all levels: a bracket that was not closed is no key either, and would be waited for without an end.
    for (const level of this.simpleKeys.keys()) this.dropSimpleKey(level);
    this.simpleKeyAllowed = false;
    this.add('stream-end', this.reader.at);
  }

  private fetchDirective(): void {
    this.unrollIndent(-1);
    this.dropSimpleKey();
    this.simpleKeyAllowed = false;
    this.queue.push(scanDirective(this.reader));
  }

  private fetchMarker(): void {
    this.unrollIndent(-1);
    this.dropSimpleKey();
    this.simpleKeyAllowed = false;
    this.take(this.reader.peek() === '-' ? 'document-start' : 'document-end', 3);
  }

  private fetchFlowStart(bracket: '[' | '{'): void {
    this.saveSimpleKey();
    this.simpleKeys.push(undefined);
    this.flowLevel++;
    this.simpleKeyAllowed = true;
    this.take(bracket === '[' ? 'flow-sequence-start' : 'flow-mapping-start');
  }

  private fetchFlowEnd(bracket: ']' | '}'): void {
    this.dropSimpleKey();
    if (this.flowLevel > 0) {
      this.flowLevel--;
      this.simpleKeys.pop();
    }
    this.simpleKeyAllowed = false;
    this.take(bracket === ']' ? 'flow-sequence-end' : 'flow-mapping-end');
  }

  private fetchFlowEntry(): void {
    this.dropSimpleKey();
    this.simpleKeyAllowed = true;
    this.take('flow-entry');
  }

  private fetchBlockEntry(): void {
    const { at, column } = this.reader;
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed)
        throw new YamlError(at, 'a list cannot begin here; put it on the next line, or the text in quotes');
      this.rollIndent(column, 'block-sequence-start', at);
    }
    this.dropSimpleKey();
    this.simpleKeyAllowed = true;
    this.take('block-entry');
  }

  private fetchKey(): void {
    const { at, column } = this.reader;
    if (this.flowLevel === 0) {
      if (!this.simpleKeyAllowed)
        throw new YamlError(at, 'a key cannot begin here; put it on the next line, or the text in quotes');
      this.rollIndent(column, 'block-mapping-start', at);
    }
    this.dropSimpleKey();
    this.simpleKeyAllowed = this.flowLevel === 0;
    this.take('key');
  }

  private fetchValue(): void {
    const { at, column } = this.reader;
    const key = this.isStillPossible(this.flowLevel) ? this.simpleKeys[this.flowLevel] : undefined;
    if (key !== undefined) {
      this.queue.splice(this.head + key.token - this.taken, 0, {
        kind: 'key',
        start: key.offset,
        end: key.offset,
        text: '',
      });
      this.rollIndent(key.column, 'block-mapping-start', key.offset, key.token);
      this.simpleKeys[this.flowLevel] = undefined;
      this.simpleKeyAllowed = false;
    } else {
      if (this.flowLevel === 0) {
        if (!this.simpleKeyAllowed)
          throw new YamlError(
            at,
            'a second colon on this line; put the text that has a colon and a space in quotes',
          );
        this.rollIndent(column, 'block-mapping-start', at);
      }
      this.simpleKeyAllowed = this.flowLevel === 0;
    }
    this.take('value');
  }

  private fetchProperty(scan: (reader: Reader) => Token): void {
    this.saveSimpleKey();
    this.simpleKeyAllowed = false;
    this.queue.push(scan(this.reader));
  }

  private fetchBlockScalar(indicator: '|' | '>'): void {
    this.dropSimpleKey();
    this.simpleKeyAllowed = true;
    const scanned = scanBlock(this.reader, this.indent);
    this.queue.push({ kind: 'scalar', style: indicator === '|' ? 'literal' : 'folded', ...scanned });
  }

  private fetchQuoted(quote: string): void {
    this.saveSimpleKey();
    this.simpleKeyAllowed = false;
    const style: ScalarStyle = quote === '"' ? 'double-quoted' : 'single-quoted';
    this.queue.push({ kind: 'scalar', style, ...scanQuoted(this.reader) });
  }

  private fetchPlain(): void {
    this.saveSimpleKey();
    this.simpleKeyAllowed = false;
    const { spansLines, ...scanned } = scanPlain(this.reader, this.indent + 1, this.flowLevel > 0);
    if (spansLines) this.simpleKeyAllowed = true;
    this.queue.push({ kind: 'scalar', style: 'plain', ...scanned });
  }
}

function unexpected(character: string): string {
  if (character === '\t') return 'a tab is not allowed as indentation; indent with spaces';
  return `a text cannot begin with ${JSON.stringify(character)}; put it in quotes`;
}
