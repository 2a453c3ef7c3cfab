import { formatPath, type Path, type YamlNode } from '@grayscale/traffic-rules';
import type { Refusals } from './refusals.js';

/** What stands at a path: a node that only this place uses, or that nothing is written there. */
export type Written = { node: YamlNode } | 'missing' | undefined;

/**
 * Follows a path through values that are written at this place alone. An alias, an anchor that an alias elsewhere refers to, and
 * a merge key would carry an edit to other places, or be carried away by one; undefined, with the reason noted, for these.
 */
export function follow(root: YamlNode, path: Path, refusals: Refusals): Written {
  let node = root;
  if (!isOwn(node, [], refusals)) return undefined;
  for (const [index, step] of path.entries()) {
    const at = path.slice(0, index + 1);
    const next = typeof step === 'number' ? node.items[step] : node.fields.get(step)?.value;
    if (next === undefined) return comesFromMergeKey(node, at, refusals) ? undefined : 'missing';
    if (!isOwn(next, at, refusals)) return undefined;
    node = next;
  }
  return { node };
}

function isOwn(node: YamlNode, path: Path, refusals: Refusals): boolean {
  const name = describePath(path);
  if (node.kind === 'alias') {
    const message = `${name} is the alias *${node.anchor}: an edit would change the value in other places too. Write the value out here.`;
    refusals.add('edit-shared', formatPath(path), node, message);
  } else if (node.isShared) {
    const message = `${name} has the anchor &${node.anchor}, and an alias elsewhere repeats it: an edit would change both. Write the value out in place of the alias, and remove the anchor.`;
    refusals.add('edit-shared', formatPath(path), node, message);
  }
  return node.kind !== 'alias' && !node.isShared;
}

function comesFromMergeKey(node: YamlNode, path: Path, refusals: Refusals): boolean {
  const merge = node.fields.get('<<');
  if (merge === undefined) return false;
  const message = `${describePath(path)} may come from the merge key <<, which other places use as well. Write it out here, beside the merge key or in place of it.`;
  refusals.add('edit-merge-key', formatPath(path), merge.key, message);
  return true;
}

function describePath(path: Path): string {
  return path.length === 0 ? 'The object' : formatPath(path.slice(-1)).replace(/^\[/, 'Entry [');
}
