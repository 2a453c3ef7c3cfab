import type { ParsedField, ParsedNode } from './parser.js';
import { YamlError } from './reader.js';
import { scalarValue } from './scalar-value.js';

/** A name that one object has twice. */
export class DuplicateKey extends YamlError {}

/** What merge keys may add to the fields that are written. */
const mergeAllowance = 200_000;

/**
 * What a document says, as JSON. Values that aliases repeat are shared, not copied.
 * @throws YamlError where it says nothing that JSON can
 */
export function documentValue(root: ParsedNode): unknown {
  return new Construction().value(root);
}

class Construction {
  private readonly shared = new Map<ParsedNode, unknown>();
  private readonly open = new Set<ParsedNode>();
  private merged = 0;

  value(node: ParsedNode): unknown {
    if (node.kind === 'scalar') return this.scalar(node);
    if (node.kind === 'alias') return this.aliased(node);
    if (node.anchor === undefined) return this.collection(node);
    return this.shared.has(node) ? this.shared.get(node) : this.anchored(node);
  }

  private scalar(node: ParsedNode): unknown {
    const value = scalarValue(node);
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new YamlError(node.start, `${node.text} is a number that JSON does not have; put it in quotes`);
    return value;
  }

  private aliased({ target, start, anchor }: ParsedNode): unknown {
    if (target === undefined || this.open.has(target))
      throw new YamlError(start, `the value of the anchor &${anchor} contains itself`);
    return this.value(target);
  }

  private collection(node: ParsedNode): unknown {
    return node.kind === 'sequence' ? node.items.map((item) => this.value(item)) : this.object(node);
  }

  /** Only what has an anchor can contain itself, or is asked for again. */
  private anchored(node: ParsedNode): unknown {
    this.open.add(node);
    const value = this.collection(node);
    this.open.delete(node);
    this.shared.set(node, value);
    return value;
  }

  private object({ entries }: ParsedNode): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    const names = new Set<string>();
    for (const entry of entries) {
      if (isMergeKey(entry.key)) this.merge(entry, object);
      else {
        const name = this.name(entry.key);
        if (names.has(name))
          throw new DuplicateKey(
            entry.key.start,
            'this field is written twice in one object; keep one of the two',
          );
        names.add(name);
        set(object, name, this.value(entry.value));
      }
    }
    return object;
  }

  private name(key: ParsedNode): string {
    const value = key.kind === 'scalar' ? scalarValue(key) : this.value(key);
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && !Number.isFinite(value)) return notFinite(value);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new YamlError(
      key.start,
      value === null
        ? 'the name of this field is empty; write one'
        : 'a list or an object cannot be the name of a field',
    );
  }

  /** As go-yaml does: in the place where it stands, so that it also replaces fields before it. */
  private merge({ value: written }: ParsedField, object: Record<string, unknown>): void {
    const isList = written.kind === 'sequence';
    for (const part of isList ? written.items.toReversed() : [written]) {
      const node = part.target ?? part;
      if (node.kind !== 'mapping')
        throw new YamlError(part.start, 'what "<<" merges is an object, or a list of objects');
      for (const [name, value] of Object.entries(this.value(part) as Record<string, unknown>)) {
        if (++this.merged > mergeAllowance)
          throw new YamlError(part.start, 'the merged objects multiply each other; write the values out');
        set(object, name, value);
      }
    }
  }
}

function isMergeKey({ kind, text, style, tag }: ParsedNode): boolean {
  if (kind !== 'scalar' || text !== '<<') return false;
  return tag === 'tag:yaml.org,2002:merge' || tag === '!' || (tag === undefined && style === 'plain');
}

/** Also names that objects have from elsewhere become ordinary fields. */
function set(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** As go-yaml writes it. */
function notFinite(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  return value > 0 ? '.inf' : '-.inf';
}
