import { COLLECTION_STYLE, EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml';
import type { YamlNode } from './yaml-node.js';
import type { Piece } from './yaml-stream.js';

/** The nodes of all documents of a piece; none where it is not YAML. */
export function readNodeTrees(piece: Piece): YamlNode[] {
  try {
    return new TreeBuilder(piece, parseEvents(piece.text, {})).documents();
  } catch {
    // The document was read as JSON that YAML does not allow.
    return [];
  }
}

/** The offset of a node's first character. */
export function startOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  // An anchor's range leaves the & or * before it out.
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return 0;
  return Math.max(0, isQuoted(event) ? event.valueStart - 1 : event.valueStart);
}

type ContentEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT } | { type: typeof EVENT_ID.POP }>;

/** Shared by all that have none. */
const noFields: YamlNode['fields'] = new Map();
const noItems: YamlNode['items'] = [];

const scalarStyles = ['plain', 'single-quoted', 'double-quoted', 'literal', 'folded'] as const;

/** Builds nodes from js-yaml's events, which say where everything starts, and where scalars end. */
class TreeBuilder {
  private at = 0;
  /** Where the last node ended, in the piece: an empty one stands behind it. */
  private behind = 0;
  private readonly anchors = new Map<string, YamlNode>();
  private readonly text: string;

  constructor(
    private readonly piece: Piece,
    private readonly events: readonly Event[],
  ) {
    this.text = piece.text;
  }

  documents(): YamlNode[] {
    const roots: YamlNode[] = [];
    while (this.at < this.events.length) {
      if (this.events[this.at++]?.type !== EVENT_ID.DOCUMENT) continue;
      this.anchors.clear();
      roots.push(this.node());
    }
    return roots;
  }

  private node(): YamlNode {
    const event = this.events[this.at++] as ContentEvent;
    const node = this.emptyNode(event);
    if (event.type === EVENT_ID.ALIAS) return this.alias(node);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (event.type === EVENT_ID.SCALAR) this.scalar(node, event);
    else this.collection(node, event);
    return node;
  }

  /** A node with what all kinds have; an empty scalar stands behind its properties, or behind what was read before. */
  private emptyNode(event: ContentEvent): YamlNode {
    const isEmpty = event.type === EVENT_ID.SCALAR && event.valueStart < 0;
    const start = isEmpty ? Math.max(this.behind, event.anchorEnd, event.tagEnd) : startOf(event);
    const outerStart = Math.min(start, ...propertyStarts(event));
    return {
      kind: 'scalar',
      style: 'plain',
      start: start + this.piece.offset,
      end: start + this.piece.offset,
      outerStart: outerStart + this.piece.offset,
      ...(event.anchorStart >= 0 ? { anchor: this.anchorOf(event) } : {}),
      isShared: false,
      text: '',
      fields: event.type === EVENT_ID.MAPPING ? new Map() : noFields,
      items: event.type === EVENT_ID.SEQUENCE ? [] : noItems,
    };
  }

  private alias(node: YamlNode): YamlNode {
    const target = this.anchors.get(node.anchor ?? '');
    if (target !== undefined) target.isShared = true;
    const event = this.events[this.at - 1] as { anchorEnd: number };
    return this.ended(
      { ...node, kind: 'alias', ...(target === undefined ? {} : { target }) },
      event.anchorEnd,
    );
  }

  private scalar(node: YamlNode, event: Extract<Event, { type: typeof EVENT_ID.SCALAR }>): void {
    node.style = scalarStyles[event.style - 1] ?? 'plain';
    node.text = getScalarValue(this.text, event);
    if (event.valueStart < 0) this.ended(node, node.start - this.piece.offset);
    else this.ended(node, event.valueEnd + (isQuoted(event) ? 1 : 0));
  }

  private collection(
    node: YamlNode,
    event: Extract<Event, { type: typeof EVENT_ID.SEQUENCE | typeof EVENT_ID.MAPPING }>,
  ): void {
    node.style = event.style === COLLECTION_STYLE.FLOW ? 'flow' : 'block';
    node.kind = event.type === EVENT_ID.SEQUENCE ? 'sequence' : 'mapping';
    this.behind = event.start + 1;
    while (!this.ends()) {
      if (node.kind === 'sequence') node.items.push(this.node());
      else this.field(node);
    }
    const isBracketed = '{['.includes(this.text.charAt(event.start)) && node.style === 'flow';
    this.ended(node, isBracketed ? this.closingBracket() : this.behind);
  }

  /** Whether the collection ends here; steps over its end. */
  private ends(): boolean {
    const ended = this.at >= this.events.length || this.events[this.at]?.type === EVENT_ID.POP;
    if (ended) this.at++;
    return ended;
  }

  private field(owner: YamlNode): void {
    const key = this.node();
    const value = this.node();
    if (key.kind === 'scalar') owner.fields.set(key.text, { key, value });
  }

  /** What stands between the last item of a flow collection and its end: blanks, comments, commas and signs of empty values. */
  private closingBracket(): number {
    const between = /(?:[\s,:?]|(?<=\s)#[^\r\n]*)*/y;
    between.lastIndex = this.behind;
    between.exec(this.text);
    return between.lastIndex + 1;
  }

  private ended(node: YamlNode, end: number): YamlNode {
    node.end = end + this.piece.offset;
    this.behind = end;
    return node;
  }

  private anchorOf(event: { anchorStart: number; anchorEnd: number }): string {
    return this.text.slice(event.anchorStart, event.anchorEnd);
  }
}

/** Where the anchor and the tag of an event start. */
function propertyStarts(event: ContentEvent): number[] {
  if (event.type === EVENT_ID.ALIAS) return [];
  return [event.anchorStart - 1, event.tagStart].filter((offset) => offset >= 0);
}

function isQuoted({ style }: { style: number }): boolean {
  return style === 2 || style === 3;
}
