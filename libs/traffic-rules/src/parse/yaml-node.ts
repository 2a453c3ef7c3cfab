import type { Path } from '../fields/path.js';

/** One value of a document as it is written: where it stands, in which style, and what is in it. Offsets count from the file's start. */
export interface YamlNode {
  kind: 'mapping' | 'sequence' | 'scalar' | 'alias';
  style: 'block' | 'flow' | 'plain' | 'single-quoted' | 'double-quoted' | 'literal' | 'folded';
  /** The first character of the value itself, quotes and brackets included, its anchor and tag not; the place of an empty value is where it could stand. */
  start: number;
  /** The character after the last one; a block scalar ends with its line break. */
  end: number;
  /** Where the anchor or the tag before the value starts; `start` without them. */
  outerStart: number;
  /** The name after `&`, or of an alias the name after `*`. */
  anchor?: string;
  /** Whether an alias elsewhere in the document stands for this value too. */
  isShared: boolean;
  /** Of an alias: the value that it stands for. */
  target?: YamlNode;
  /** Of a scalar: its text without quotes, before its type is settled. */
  text: string;
  /** Of a mapping, by name, in the order of the text; a field whose name is not a scalar is left out. */
  fields: Map<string, YamlField>;
  /** Of a sequence. */
  items: YamlNode[];
}

/** One entry of a mapping. */
export interface YamlField {
  key: YamlNode;
  value: YamlNode;
}

/** The offset of the field at the path, or of its nearest parent that is written. */
export function offsetOf(root: YamlNode, path: Path): number {
  let node = root;
  let offset = root.start;
  for (const step of path) {
    const { fields, items } = node.target ?? node;
    const field = fields.get(String(step));
    const value = field?.value ?? (typeof step === 'number' ? items[step] : undefined);
    if (value === undefined) break;
    offset = (field?.key ?? value).start;
    node = value;
  }
  return offset;
}

/** The node that a path leads to, aliases followed. */
export function nodeAt(root: YamlNode | undefined, path: Path): YamlNode | undefined {
  let node = root;
  for (const step of path) {
    const { fields, items } = node?.target ?? node ?? {};
    node = typeof step === 'number' ? items?.[step] : fields?.get(step)?.value;
  }
  return node;
}
