import { nodeAt, type Path, type YamlNode } from '@grayscale/traffic-rules';
import { replaceScalar } from './set-weight.js';
import type { TextEdit } from './text-edit.js';
import { scalarText } from './write-value.js';

/**
 * The edits that turn one value into another, where they differ in nothing but single values that are written plainly or in
 * quotes, at this place alone; undefined where more than that differs.
 */
export function replaceScalars(root: YamlNode, before: unknown, after: unknown): TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  const visit = (one: unknown, other: unknown, path: Path): boolean => {
    if (Object.is(one, other)) return true;
    if (!isObject(one) || !isObject(other)) return replace(one, other, path);
    const keys = Object.keys(one);
    const isAlike =
      Array.isArray(one) === Array.isArray(other) && keys.join('\0') === Object.keys(other).join('\0');
    const step = (key: string) => (Array.isArray(one) ? Number(key) : key);
    return isAlike && keys.every((key) => visit(one[key], other[key], [...path, step(key)]));
  };
  const replace = (one: unknown, other: unknown, path: Path): boolean => {
    const edit = scalarEdit(ownNode(root, path), one, other);
    if (edit !== undefined) edits.push(edit);
    return edit !== undefined;
  };
  return visit(before, after, []) ? edits : undefined;
}

function scalarEdit(node: YamlNode | undefined, before: unknown, after: unknown): TextEdit | undefined {
  if (node?.kind !== 'scalar' || isObject(after) || node.outerStart !== node.start) return undefined;
  if (node.style === 'double-quoted' && typeof after === 'string')
    return { start: node.start, end: node.end, text: JSON.stringify(after) };
  if (node.style === 'single-quoted' && typeof after === 'string' && /^[ -~]*$/.test(after))
    return replaceScalar(node, after.replaceAll("'", "''"));
  if (node.style !== 'plain' || typeof before !== typeof after) return undefined;
  return { start: node.start, end: node.end, text: scalarText(after, 'yaml') };
}

/** The node at a path where neither it nor anything on the way is shared with another place. */
function ownNode(root: YamlNode, path: Path): YamlNode | undefined {
  const nodes = path.map((_, index) => nodeAt(root, path.slice(0, index + 1)));
  return nodes.some((node) => node === undefined || node.kind === 'alias' || node.isShared)
    ? undefined
    : nodes.at(-1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
