import { formatPath, type Path, type YamlNode } from '@grayscale/traffic-rules';
import type { Refusals } from './refusals.js';
import type { JsonObject } from './rule-edit.js';
import { lineBreakAt, lineEnd, lineStart, type TextEdit } from './text-edit.js';
import { follow } from './written-path.js';

/** A destination within a rule's `route`, as text, as nodes and as a value. */
export interface WrittenDestination {
  text: string;
  root: YamlNode;
  path: Path;
  value: unknown;
}

/** The edit that gives a destination its weight; none where it has it already or, with the reason noted, cannot be given it. */
export function setWeight(at: WrittenDestination, weight: number, refusals: Refusals): TextEdit[] {
  const path = [...at.path, 'weight'];
  const destination = follow(at.root, at.path, refusals);
  const written = destination && follow(at.root, path, refusals);
  if (typeof destination !== 'object' || written === undefined) return [];
  const current = (at.value as JsonObject | null)?.weight;
  if (written === 'missing') return insertWeight(at, destination.node, weight, refusals);
  const { node } = written;
  if (node.anchor !== undefined) {
    const message = `The weight has the anchor &${node.anchor}. Remove the anchor, and write the value out where an alias repeats it.`;
    refusals.add('edit-shared', formatPath(path), node, message);
    return [];
  }
  if (node.start === node.end) return [valueOfEmptyField(at.text, destination.node, weight)];
  if (!isInteger(node, current)) {
    const shown = at.text.slice(node.start, node.end).split(/\r?\n/, 1)[0];
    const message = `The weight is ${shown}, not a whole number; where a template makes it, edit the template's values instead.`;
    refusals.add('edit-not-an-integer', formatPath(path), node, message);
    return [];
  }
  return Number(current) === weight ? [] : [replaceScalar(node, String(weight))];
}

/** Replaces the text of a scalar; its quotes stay. */
export function replaceScalar({ style, start, end }: YamlNode, text: string): TextEdit {
  const quote = style === 'plain' ? 0 : 1;
  return { start: start + quote, end: end - quote, text };
}

/** What the engine reads as a whole number: a number, one in quotes, or null for none. */
function isInteger({ kind, style }: YamlNode, value: unknown): boolean {
  if (kind !== 'scalar' || style === 'literal' || style === 'folded') return false;
  if (value === null && style === 'plain') return true;
  return Number.isInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value));
}

/** `weight:` with nothing behind it. */
function valueOfEmptyField(text: string, destination: YamlNode, weight: number): TextEdit {
  const key = destination.fields.get('weight')?.key;
  const colon = /\s*:/y;
  colon.lastIndex = key?.end ?? 0;
  colon.exec(text);
  return { start: colon.lastIndex, end: colon.lastIndex, text: ` ${weight}` };
}

/** Writes a missing weight behind the destination's other fields, in the style of these. */
function insertWeight(
  { text, path }: WrittenDestination,
  destination: YamlNode,
  weight: number,
  refusals: Refusals,
): TextEdit[] {
  const [first] = destination.fields.values();
  const last = [...destination.fields.values()].at(-1);
  if (destination.kind !== 'mapping' || first === undefined || last === undefined) {
    const message = 'This destination has no fields; write destination: with its host.';
    refusals.add('edit-not-safe', formatPath(path), destination, message);
    return [];
  }
  const name = first.key.style === 'double-quoted' ? '"weight"' : 'weight';
  if (destination.style === 'block') return [ownLine(text, destination, `${name}: ${weight}`)];
  return [
    { start: last.value.end, end: last.value.end, text: `,${flowBlank(text, last.key)}${name}: ${weight}` },
  ];
}

/** What stands between two fields of a flow mapping: a blank, or the line break and indentation that its last field has. */
function flowBlank(text: string, { start }: YamlNode): string {
  const indentation = text.slice(lineStart(text, start), start);
  return /^\s+$/.test(indentation) ? lineBreakAt(text, start) + indentation : ' ';
}

/** A line of its own behind a block mapping, its comment included. */
function ownLine(text: string, mapping: YamlNode, line: string): TextEdit {
  const indentation = text
    .slice(lineStart(text, mapping.start), mapping.start)
    .replace(/^\uFEFF/, '')
    .replace(/[^ ]/g, ' ');
  const lineBreak = lineBreakAt(text, mapping.end);
  // A block scalar ends with its line break, all other values before theirs.
  const isLineStart = mapping.end > 0 && text[mapping.end - 1] === '\n';
  const at = isLineStart ? mapping.end : lineEnd(text, mapping.end);
  const added = isLineStart ? indentation + line + lineBreak : lineBreak + indentation + line;
  return { start: at, end: at, text: added };
}
