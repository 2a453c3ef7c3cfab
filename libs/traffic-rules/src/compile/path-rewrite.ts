import { toBytes } from '../bytes.js';
import { parseRegex } from '../match/regex.js';
import type { PathRewrite } from '../model/action.js';
import type { Requirement } from '../model/requirement.js';

/** Changes a request target; the query stays. */
export type TargetChange = (target: string) => string;

/** @param requirements of the rule: what of a path matched is theirs to say */
export function compilePathRewrite(rewrite: PathRewrite, requirements: readonly Requirement[]): TargetChange {
  switch (rewrite.kind) {
    case 'replace-matched':
      return replaceMatched(rewrite.replacement, requirements);
    case 'remove-matched':
      return removeMatched(requirements);
    case 'replace-regex':
      return replaceRegex(rewrite.expression, rewrite.replacement);
  }
}

/**
 * A matched prefix is replaced as text, so that `/a` -> `/` makes `//b` of `/a/b`; other tests match the whole path.
 * Without a requirement on the path it is the first slash.
 */
export function replaceMatched(replacement: string, requirements: readonly Requirement[]): TargetChange {
  const bytes = toBytes(replacement);
  const test = requirements.find(({ subject }) => subject.kind === 'path')?.test ?? { kind: 'present' };
  switch (test.kind) {
    case 'exact':
    case 'regex':
    case 'one-of':
      return (target) => bytes + target.slice(pathLength(target));
    case 'prefix':
    case 'segment-prefix': {
      const { length } = toBytes(test.value);
      return (target) => bytes + target.slice(length);
    }
    case 'present':
      return (target) => bytes + target.slice(1);
  }
}

/** Of the path alone: what follows the prefix, without its slash (Istio, route.go applyHTTPRouteDestination). */
function removeMatched(requirements: readonly Requirement[]): TargetChange {
  const test = requirements.find(({ subject }) => subject.kind === 'path')?.test;
  const length = test?.kind === 'segment-prefix' ? toBytes(test.value).length : 0;
  return (target) => {
    const rest = target.slice(length);
    return rest.startsWith('/') ? rest : `/${rest}`;
  };
}

function replaceRegex(expression: string, replacement: string): TargetChange {
  const regex = parseRegex(expression);
  if (regex === undefined) return (target) => target;
  const bytes = toBytes(replacement);
  // RE2's GlobalReplace changes nothing then (recorded: `rewrite-regex-missing-group`).
  if (highestGroup(bytes) > regex.groupCount()) return (target) => target;
  return (target) => {
    const end = pathLength(target);
    const path = target.slice(0, end);
    const matcher = regex.matcher(path);
    let output = '';
    let last = 0;
    let previousEnd = -1;
    while (matcher.find()) {
      const [start, stop] = [matcher.start(), matcher.end()];
      // RE2's GlobalReplace takes no empty match right behind another match.
      if (start === stop && start === previousEnd) continue;
      output += path.slice(last, start) + substitute(bytes, (group) => matcher.group(group) ?? '');
      last = stop;
      previousEnd = stop;
    }
    return output + path.slice(last) + target.slice(end);
  };
}

/** RE2's substitutions: `\0` to `\9` are groups, `\\` a backslash; `$1` is literal. */
function substitute(replacement: string, group: (index: number) => string): string {
  return replacement.replace(/\\([0-9\\])/g, (_, character: string) => {
    return character === '\\' ? '\\' : group(Number(character));
  });
}

/** The highest group that a replacement names; 0 without any. */
function highestGroup(replacement: string): number {
  const named = [...replacement.matchAll(/\\([0-9\\])/g)].map(([, character]) => Number(character) || 0);
  return Math.max(0, ...named);
}

function pathLength(target: string): number {
  const query = target.indexOf('?');
  return query < 0 ? target.length : query;
}
