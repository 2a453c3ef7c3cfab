import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml';
import type { Path } from './path.js';

/** Where a value of a document stands, and what is in it. */
interface Node {
  offset: number;
  /** Of an object: where the name stands, and the value. */
  fields: Map<string, { offset: number; value: Node }>;
  items: Node[];
}

/** The places of all values of a text's documents; none where the text is not YAML. */
export function readNodeTrees(text: string): Node[] {
  try {
    return new TreeBuilder(text, parseEvents(text, {})).documents();
  } catch {
    // The document was read as JSON that YAML does not allow.
    return [];
  }
}

/** The offset of the field at the path, or of its nearest parent that is written. */
export function offsetOf(root: Node, path: Path): number {
  let node = root;
  let { offset } = root;
  for (const step of path) {
    const field = node.fields.get(String(step));
    const value = field?.value ?? (typeof step === 'number' ? node.items[step] : undefined);
    if (value === undefined) break;
    offset = field?.offset ?? value.offset;
    node = value;
  }
  return offset;
}

export type { Node };

/** The offset of a node's first character. */
export function startOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  if (event.type !== EVENT_ID.SCALAR) return 0;
  const quoted = event.style === 2 || event.style === 3;
  return Math.max(0, quoted ? event.valueStart - 1 : event.valueStart);
}

class TreeBuilder {
  private at = 0;
  private readonly anchors = new Map<string, Node>();

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
  ) {}

  documents(): Node[] {
    const roots: Node[] = [];
    while (this.at < this.events.length) {
      if (this.next()?.type !== EVENT_ID.DOCUMENT) continue;
      roots.push(
        this.events[this.at]?.type === EVENT_ID.POP
          ? { offset: 0, fields: new Map(), items: [] }
          : this.node(),
      );
    }
    return roots;
  }

  private next(): Event | undefined {
    return this.events[this.at++];
  }

  private node(): Node {
    const event = this.next();
    const node: Node = { offset: startOf(event), fields: new Map(), items: [] };
    if (event?.type === EVENT_ID.ALIAS) {
      const { fields, items } = this.anchors.get(this.anchorOf(event)) ?? node;
      return { ...node, fields, items };
    }
    if (event !== undefined && 'anchorStart' in event && event.anchorStart >= 0)
      this.anchors.set(this.anchorOf(event), node);
    if (event?.type === EVENT_ID.SEQUENCE) while (!this.ends()) node.items.push(this.node());
    if (event?.type === EVENT_ID.MAPPING) while (!this.ends()) this.field(node);
    return node;
  }

  /** Whether the collection ends here; steps over its end. */
  private ends(): boolean {
    const ended = this.at >= this.events.length || this.events[this.at]?.type === EVENT_ID.POP;
    if (ended) this.at++;
    return ended;
  }

  private field(owner: Node): void {
    const key = this.events[this.at];
    const { offset } = this.node();
    const value = this.node();
    if (key?.type === EVENT_ID.SCALAR) owner.fields.set(getScalarValue(this.text, key), { offset, value });
  }

  private anchorOf(event: { anchorStart: number; anchorEnd: number }): string {
    return this.text.slice(event.anchorStart, event.anchorEnd).replace(/^[&*]/, '');
  }
}
