import { toBytes, toText } from '../match/bytes.js';
import { parseRegex } from '../match/regex.js';
import type { HttpMatchRequest, HttpRewrite } from '../resources/virtual-service.js';

/** Changes a request target; the query stays. */
export type PathRewrite = (target: string) => string;

export function compilePathRewrite(
  rewrite: HttpRewrite | undefined,
  match: HttpMatchRequest | undefined,
): PathRewrite | undefined {
  if (rewrite?.uriRegexRewrite !== undefined) return regexRewrite(rewrite.uriRegexRewrite);
  return rewrite?.uri ? replaceMatched(toBytes(rewrite.uri), match) : undefined;
}

/** A matched prefix is replaced as text, so that `/a` -> `/` makes `//b` of `/a/b`; other matches stand for the whole path. */
export function replaceMatched(replacement: string, match: HttpMatchRequest | undefined): PathRewrite {
  const uri = match?.uri;
  if (uri?.kind === 'exact' || uri?.kind === 'regex') {
    return (target) => replacement + target.slice(pathLength(target));
  }
  const length = uri?.kind === 'prefix' ? toBytes(uri.value).length : 1;
  return (target) => replacement + target.slice(length);
}

function regexRewrite({ match, rewrite }: { match: string; rewrite: string }): PathRewrite {
  const regex = parseRegex(match);
  if (regex === undefined) return (target) => target;
  return (target) => {
    const end = pathLength(target);
    const path = toText(target.slice(0, end));
    if (path === undefined) return target;
    const matcher = regex.matcher(path);
    let output = '';
    let last = 0;
    let previousEnd = -1;
    while (matcher.find()) {
      const [start, stop] = [matcher.start(), matcher.end()];
      // RE2's GlobalReplace takes no empty match right behind another match.
      if (start === stop && start === previousEnd) continue;
      output += path.slice(last, start) + substitute(rewrite, (group) => matcher.group(group) ?? '');
      last = stop;
      previousEnd = stop;
    }
    return toBytes(output + path.slice(last)) + target.slice(end);
  };
}

/** RE2's substitutions: `\0` to `\9` are groups, `\\` a backslash; `$1` is literal. A group that the regex lacks is empty. */
function substitute(rewrite: string, group: (index: number) => string): string {
  return rewrite.replace(/\\([0-9\\])/g, (_, character: string) => {
    if (character === '\\') return '\\';
    try {
      return group(Number(character));
    } catch {
      return '';
    }
  });
}

function pathLength(target: string): number {
  const query = target.indexOf('?');
  return query < 0 ? target.length : query;
}
