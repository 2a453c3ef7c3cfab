import { YamlError } from './reader.js';
import { Scanner } from './scanner.js';
import type { ScalarStyle, Token, TokenKind } from './token.js';

/** One value of a document as it is written; offsets count from the text's start. */
export interface ParsedNode {
  kind: 'mapping' | 'sequence' | 'scalar' | 'alias';
  style: 'block' | 'flow' | ScalarStyle;
  /** The value itself; an empty one stands behind what was read before it. */
  start: number;
  end: number;
  /** Where its anchor or its tag starts; `start` without them. */
  outerStart: number;
  /** The name after `&`, or of an alias the name after `*`. */
  anchor?: string;
  /** In full, such as `tag:yaml.org,2002:str`. */
  tag?: string;
  /** Of an alias. */
  target?: ParsedNode;
  /** Of a scalar: its text without quotes. */
  text: string;
  /** Of a mapping, in the order of the text. */
  entries: ParsedField[];
  /** Of a sequence. */
  items: ParsedNode[];
}

export interface ParsedField {
  key: ParsedNode;
  value: ParsedNode;
}

/** A document that is nested too deeply. */
export class TooDeep extends YamlError {}

/** Deeper than any manifest, and shallow enough for every walk through the values. */
const maxDepth = 100;

/** Nodes that have none share these. */
const noEntries: ParsedField[] = [];
const noItems: ParsedNode[] = [];

/**
 * The first document of a text. What comes behind it is not read, as kubectl does not.
 * @returns the root, undefined for no document, and where the rest begins
 * @throws YamlError for the first thing that is wrong
 */
export function parseDocument(text: string): { root: ParsedNode | undefined; rest: number } {
  return new Parser(text).document();
}

class Parser {
  private readonly scanner: Scanner;
  private readonly anchors = new Map<string, ParsedNode>();
  private readonly tagPrefixes = new Map([
    ['!', '!'],
    ['!!', 'tag:yaml.org,2002:'],
  ]);
  private depth = 0;
  /** Where the last token with characters ended. */
  private behind = 0;

  constructor(text: string) {
    this.scanner = new Scanner(text);
  }

  document(): { root: ParsedNode | undefined; rest: number } {
    const hasDirectives = this.directives();
    const { kind, start } = this.scanner.peek();
    if (kind === 'stream-end' && !hasDirectives) return { root: undefined, rest: start };
    if (hasDirectives && kind !== 'document-start')
      throw new YamlError(
        start,
        'kubectl splits a file at its "---" lines and reads each part by itself, so a "%" line stands alone; remove it',
      );
    const isExplicit = this.accept('document-start');
    const isEmpty = isExplicit && this.isAt('document-start', 'document-end', 'stream-end', 'directive');
    const root = isEmpty ? this.empty() : this.node('block');
    return { root, rest: this.scanner.peek().start };
  }

  private directives(): boolean {
    const own = new Set<string>();
    let found = false;
    for (; this.isAt('directive'); found = true) {
      const { text, start } = this.next();
      const [handle = '', prefix = ''] = text.split(' ');
      if (handle === '%YAML' && !/ 0?1\.0?1(?: |$)/.test(text.replaceAll('\t', ' ')))
        throw new YamlError(start, `kubectl reads YAML 1.1 only; remove the line ${text}`);
      if (own.has(handle)) throw new YamlError(start, 'this directive is written twice; remove one');
      own.add(handle);
      if (handle !== '%YAML') this.tagPrefixes.set(handle, prefix);
    }
    return found;
  }

  private next(): Token {
    const token = this.scanner.next();
    if (token.kind !== 'block-end' && token.kind !== 'stream-end')
      this.behind = Math.max(this.behind, token.end);
    return token;
  }

  private isAt(...kinds: TokenKind[]): boolean {
    return kinds.includes(this.scanner.peek().kind);
  }

  /** Steps over a token of the kind, if it comes. */
  private accept(kind: TokenKind): boolean {
    const accepted = this.scanner.peek().kind === kind;
    if (accepted) this.next();
    return accepted;
  }

  /** @param context whether indentation may open a collection here; `field` also lets its list stand at the field's own column */
  private node(context: 'block' | 'field' | 'flow'): ParsedNode {
    if (this.isAt('alias')) return this.alias();
    const node = this.properties();
    const { kind, start } = this.scanner.peek();
    if (kind === 'scalar') return this.scalar(node);
    if (kind === 'flow-sequence-start')
      return this.collection(node, 'sequence', 'flow', () => this.flowSequence(node));
    if (kind === 'flow-mapping-start')
      return this.collection(node, 'mapping', 'flow', () => this.flowMapping(node));
    if (kind === 'block-entry' && context === 'field')
      return this.collection(node, 'sequence', 'block', () =>
        this.entries(node, ['block-entry', 'key', 'value', 'block-end']),
      );
    if (kind === 'block-sequence-start' && context !== 'flow')
      return this.collection(node, 'sequence', 'block', () => this.blockSequence(node));
    if (kind === 'block-mapping-start' && context !== 'flow')
      return this.collection(node, 'mapping', 'block', () => this.blockMapping(node));
    if (node.anchor !== undefined || node.tag !== undefined) {
      node.start = node.end = this.behind;
      return node;
    }
    throw new YamlError(start, missingValue(kind));
  }

  /** A node with its anchor and its tag, which come in either order. */
  private properties(): ParsedNode {
    const node = emptyScalar(this.scanner.peek().start);
    for (let turn = 0; turn < 2; turn++) {
      if (this.isAt('anchor') && node.anchor === undefined) {
        node.anchor = this.next().text;
        this.anchors.set(node.anchor, node);
      } else if (this.isAt('tag') && node.tag === undefined) node.tag = this.tagOf(this.next());
    }
    return node;
  }

  private tagOf({ handle = '', text, start }: Token): string {
    if (handle === '') return text;
    const prefix = this.tagPrefixes.get(handle);
    if (prefix === undefined)
      throw new YamlError(
        start,
        `the tag handle ${handle} is not defined; write !name, or put the text in quotes`,
      );
    return prefix + text;
  }

  private alias(): ParsedNode {
    const { text: anchor, start, end } = this.next();
    const target = this.anchors.get(anchor);
    if (target === undefined)
      throw new YamlError(
        start,
        `there is no anchor &${anchor} before this; put a text that begins with "*" in quotes`,
      );
    return {
      kind: 'alias',
      style: 'plain',
      start,
      end,
      outerStart: start,
      anchor,
      target,
      text: '',
      entries: noEntries,
      items: noItems,
    };
  }

  private empty(): ParsedNode {
    return emptyScalar(this.behind);
  }

  private scalar(node: ParsedNode): ParsedNode {
    const { text, style = 'plain', start, end } = this.next();
    node.style = style;
    node.text = text;
    node.end = end;
    return begun(node, start);
  }

  private collection(
    node: ParsedNode,
    kind: 'mapping' | 'sequence',
    style: 'block' | 'flow',
    read: () => void,
  ): ParsedNode {
    const { start } = this.scanner.peek();
    if (++this.depth > maxDepth)
      throw new TooDeep(start, `the document is nested more than ${maxDepth} levels deep`);
    begun(node, start);
    node.kind = kind;
    node.style = style;
    if (kind === 'mapping') node.entries = [];
    else node.items = [];
    read();
    this.depth--;
    node.end = this.behind;
    return node;
  }

  private blockSequence(node: ParsedNode): void {
    this.next();
    this.entries(node, ['block-entry', 'block-end']);
    if (!this.accept('block-end'))
      this.misplaced('the list around it; begin it with "- ", or line it up with its neighbours');
  }

  private entries(node: ParsedNode, ends: TokenKind[]): void {
    while (this.accept('block-entry'))
      node.items.push(this.isAt(...ends) ? this.empty() : this.node('block'));
  }

  private blockMapping(node: ParsedNode): void {
    this.next();
    const ends: TokenKind[] = ['key', 'value', 'block-end'];
    const part = () => (this.isAt(...ends) ? this.empty() : this.node('field'));
    while (this.accept('key')) {
      const key = part();
      node.entries.push({ key, value: this.accept('value') ? part() : this.empty() });
    }
    if (!this.accept('block-end'))
      this.misplaced('the object around it; write "name: value", or line it up with its neighbours');
  }

  private misplaced(where: string): never {
    throw new YamlError(this.scanner.peek().start, `this does not fit into ${where}`);
  }

  private flowSequence(node: ParsedNode): void {
    this.next();
    for (let isFirst = true; this.hasNextItem('flow-sequence-end', isFirst); isFirst = false)
      node.items.push(this.isAt('key') ? this.singlePair() : this.node('flow'));
    this.next();
  }

  /** Whether another item comes before the closing bracket; steps over the comma before it. */
  private hasNextItem(end: TokenKind, isFirst: boolean): boolean {
    if (this.isAt(end)) return false;
    if (!isFirst && !this.accept('flow-entry')) this.unclosed(end);
    return !this.isAt(end);
  }

  private unclosed(end: TokenKind): never {
    const bracket = end === 'flow-sequence-end' ? ']' : '}';
    throw new YamlError(
      this.scanner.peek().start,
      `a comma or "${bracket}" is missing here; put a text that has one of ?:,[]{} in it in quotes`,
    );
  }

  /** `[a: b]`, an object of one field in a list. */
  private singlePair(): ParsedNode {
    const node = emptyScalar(this.scanner.peek().start);
    return this.collection(node, 'mapping', 'flow', () => {
      this.next();
      const ends: TokenKind[] = ['value', 'flow-entry', 'flow-sequence-end'];
      // libyaml steps over the token that stands in the place of the key.
      const key = this.isAt(...ends) ? this.skipped() : this.node('flow');
      node.entries.push({ key, value: this.flowValue('flow-sequence-end') });
    });
  }

  private skipped(): ParsedNode {
    const empty = this.empty();
    this.next();
    return empty;
  }

  private flowMapping(node: ParsedNode): void {
    this.next();
    for (let isFirst = true; this.hasNextItem('flow-mapping-end', isFirst); isFirst = false) {
      if (!this.accept('key')) {
        node.entries.push({ key: this.node('flow'), value: this.empty() });
        continue;
      }
      const isEmpty = this.isAt('value', 'flow-entry', 'flow-mapping-end');
      const key = isEmpty ? this.empty() : this.node('flow');
      node.entries.push({ key, value: this.flowValue('flow-mapping-end') });
    }
    this.next();
  }

  private flowValue(end: TokenKind): ParsedNode {
    if (!this.accept('value') || this.isAt('flow-entry', end)) return this.empty();
    return this.node('flow');
  }
}

function missingValue(kind: TokenKind): string {
  if (kind === 'value')
    return 'a name is missing before the colon; put a text that begins with ":" in quotes';
  if (kind === 'stream-end' || kind === 'document-start' || kind === 'document-end')
    return 'the document ends where a value or a closing bracket is missing';
  return 'a value is missing here; put a text that begins with one of ?:,[]{}-& in quotes';
}

/** Of a node whose anchor or tag may have been read before. */
function begun(node: ParsedNode, start: number): ParsedNode {
  node.start = start;
  if (start < node.outerStart) node.outerStart = start;
  return node;
}

/** The null that stands where nothing is written; what is read later fills it in. */
function emptyScalar(start: number): ParsedNode {
  return {
    kind: 'scalar',
    style: 'plain',
    start,
    end: start,
    outerStart: start,
    text: '',
    entries: noEntries,
    items: noItems,
  };
}
