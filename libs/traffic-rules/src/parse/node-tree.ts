import { type ParsedNode, parseDocument } from './yaml/parser.js';
import type { YamlNode } from './yaml-node.js';
import type { Piece } from './yaml-stream.js';

/** The nodes of a piece's document, by their places in the file; undefined where it is not YAML, but JSON that YAML does not allow. */
export function readNodeTree(piece: Piece): YamlNode | undefined {
  try {
    const { root } = parseDocument(piece.text);
    return root && new Placing(piece.offset).node(root);
  } catch {
    return undefined;
  }
}

/** Shared by all that have none. */
const noFields: YamlNode['fields'] = new Map();
const noItems: YamlNode['items'] = [];

class Placing {
  private readonly placed = new Map<ParsedNode, YamlNode>();

  constructor(private readonly offset: number) {}

  node(parsed: ParsedNode): YamlNode {
    const { kind, style, start, end, outerStart, anchor, target, text, entries, items } = parsed;
    const node: YamlNode = {
      kind,
      style,
      start: start + this.offset,
      end: end + this.offset,
      outerStart: outerStart + this.offset,
      isShared: false,
      text,
      fields: kind === 'mapping' ? new Map() : noFields,
      items: kind === 'sequence' ? [] : noItems,
      ...(anchor === undefined ? {} : { anchor }),
    };
    if (anchor !== undefined && kind !== 'alias') this.placed.set(parsed, node);
    const placedTarget = target && this.placed.get(target);
    if (placedTarget !== undefined) {
      node.target = placedTarget;
      placedTarget.isShared = true;
    }
    for (const { key, value } of entries) {
      const field = { key: this.node(key), value: this.node(value) };
      if (key.kind === 'scalar') node.fields.set(key.text, field);
    }
    for (const item of items) node.items.push(this.node(item));
    return node;
  }
}
