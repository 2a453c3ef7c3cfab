import { createHash } from 'node:crypto';
import type { Issue } from '../../src/index.js';
import type { Portrait } from './portrait.js';

export const issueLine = ({ severity, code, resource, path, message }: Issue) =>
  `${severity} ${code} ${resource.split(' ')[0]} ${path}: ${message}`;

function linesOf({ issues, behaviour }: Portrait): Set<string> {
  return new Set([
    ...issues.map(issueLine),
    ...behaviour.flatMap(({ title, lines }) => lines.map((line) => `${title} | ${withoutPlaces(line)}`)),
  ]);
}

/** A changed document stands on one line, where each change moves what is behind it. */
function withoutPlaces(line: string): string {
  return line.replace(/"line":1,"column":\d+|(?<=rules\.yaml):1:\d+/g, '');
}

/** What a change of the document adds and, where it is refused, by which words. */
export function outcomeOf(before: Portrait, after: Portrait): string[] {
  if (after.behaviour.length === 0) return after.issues.filter(isError).map(issueLine);
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const added = [...fresh].filter((line) => !old.has(line));
  const removed = [...old].filter((line) => !fresh.has(line));
  if (added.length + removed.length === 0) return [];
  return [...added.slice(0, most).map(shortened), digestOf([...added, ...removed])];
}

const isError = ({ severity }: Issue) => severity === 'error';
const most = 3;

function shortened(line: string): string {
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}

/** How many lines there are, and what tells them from all others. */
export function digestOf(lines: readonly string[]): string {
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);
  return `${lines.length} lines, ${digest}`;
}
