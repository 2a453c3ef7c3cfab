import { quote } from '../../fields/describe.js';
import type { StringMatch } from '../../resources/string-match.js';
import type { HttpMatchRequest, HttpRule } from '../../resources/virtual-service.js';
import type { Report } from '../../validate/report.js';

/** Paths that no request has, and rewrites that do not give the path that was meant. */
export function remarkOnPaths(rule: HttpRule, path: string, report: Report): void {
  for (const [index, { uri }] of rule.match.entries()) {
    const problem = uri === undefined || uri.kind === 'present' ? undefined : uriProblem(uri);
    if (problem !== undefined) report.warning('path-never-matches', `${path}.match[${index}].uri`, problem);
  }
  remarkOnRewrite(rule, `${path}.rewrite`, report);
}

type Text = Exclude<StringMatch, { kind: 'present' }>;

/** A request target's path begins with a slash, and a rule sees it without the query (Envoy, PathMatcher). */
function uriProblem({ kind, value }: Text): string | undefined {
  if (value === '') return undefined;
  const literal = kind === 'regex' ? literalText(value) : value;
  const query = kind === 'regex' ? /\\\?|\[\?\]|\w=/.test(value) : value.includes('?');
  if (query)
    return `${quote(value)} asks for a query, but the path is compared without it, so no request matches; write queryParams.`;
  if (literal.includes('#'))
    return `${quote(value)} asks for a fragment, which clients do not send, so no request matches; write the path alone.`;
  if (kind !== 'regex' && looksLikeRegex(value))
    return `a ${kind} is compared letter by letter, and ${quote(value)} looks like a regular expression; write uri: { regex: ${quote(value.startsWith('/') ? value : `/${value}`)} } for one.`;
  if (/^[^/]/.test(literal) && !(kind === 'regex' && /^[.([\\*^]/.test(value.replace(/^\^/, ''))))
    return `every path begins with "/", so ${quote(value)} never matches; write ${quote(`/${value}`)}.`;
  return undefined;
}

/** How an expression begins, as far as it is plain text. */
function literalText(expression: string): string {
  return /^\^?([\w/-]*)/.exec(expression)?.[1] ?? '';
}

function remarkOnRewrite({ match, rewrite }: HttpRule, path: string, report: Report): void {
  const { uri, uriRegexRewrite } = rewrite ?? {};
  const dollar = /\$(\d|\{\w+\})/.exec(uriRegexRewrite?.rewrite ?? '')?.[0];
  if (dollar !== undefined)
    report.warning(
      'rewrite-not-as-meant',
      `${path}.uriRegexRewrite.rewrite`,
      `${dollar} is written to the path as it is; the first group of the expression is \\1 here.`,
    );
  if (uri === undefined) return;
  const problem = groupProblem(uri, match) ?? seamProblem(uri, match);
  if (problem !== undefined) report.warning('rewrite-not-as-meant', `${path}.uri`, problem);
  else noteWholeRewrite(uri, match, `${path}.uri`, report);
}

/** Groups are known to `uriRegexRewrite` alone. */
function groupProblem(uri: string, match: readonly HttpMatchRequest[]): string | undefined {
  const group = /[$\\](\d|\{\w+\})/.exec(uri)?.[0];
  if (group === undefined) return undefined;
  const expression = match.map((one) => one.uri).find((one) => one?.kind === 'regex');
  const written = expression?.kind === 'regex' ? expression.value : '^/a/(.*)$';
  const replacement = uri.replace(/[$\\]\{?(\w+)\}?/g, '\\$1');
  return `${group} is written to the path as it is, since uri knows no groups. Write uriRegexRewrite: { match: ${single(written)}, rewrite: ${single(replacement)} }.`;
}

function seamProblem(uri: string, match: readonly HttpMatchRequest[]): string | undefined {
  const prefixes = match.map((one) => one.uri ?? anyPath).filter((one) => one.kind === 'prefix');
  const problems = (match.length === 0 ? [anyPath] : prefixes).map(({ value }) => seam(value, uri));
  return problems.find((one) => one !== undefined);
}

/** A match by an expression knows no prefix to replace. A file is what single-page applications answer every path with. */
function noteWholeRewrite(
  uri: string,
  match: readonly HttpMatchRequest[],
  path: string,
  report: Report,
): void {
  const open = match.map((one) => one.uri).find((one) => one?.kind === 'regex' && /\.[*+]/.test(one.value));
  if (open?.kind !== 'regex' || /\.\w+$/.test(uri)) return;
  report.info(
    'rewrite-not-as-meant',
    path,
    `every path that the regular expression ${quote(open.value)} matches becomes ${quote(uri)} as a whole, with nothing of what it held. To keep the rest, match a prefix, or write uriRegexRewrite.`,
  );
}

/** In the quotes of YAML that take a backslash as it is. */
function single(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What a rule without a path matches (recorded: `http-mirror-details`). */
const anyPath = { kind: 'prefix', value: '/' } as const;

/** A prefix is replaced letter by letter: what follows it in the path follows the replacement. */
function seam(prefix: string, replacement: string): string | undefined {
  const becomes = (before: string, after: string) => `${quote(before)} becomes ${quote(after)}`;
  if (prefix !== '' && !prefix.endsWith('/') && replacement.endsWith('/'))
    return `the prefix ${quote(prefix)} alone is replaced: ${becomes(`${prefix}/a`, `${replacement}/a`)}, with two slashes. Match prefix ${quote(`${prefix}/`)} (and exact ${quote(prefix)}) instead.`;
  if (prefix.endsWith('/') && !replacement.endsWith('/'))
    return `the prefix ${quote(prefix)} is replaced as a whole: ${becomes(`${prefix}a`, `${replacement}a`)}. Write uri: ${quote(`${replacement}/`)}.`;
  return undefined;
}

function looksLikeRegex(text: string): boolean {
  return /[$^*]/.test(text) || isWithin(text, '(', ')') || isWithin(text, '[', ']');
}

/** Whether the closing character comes somewhere behind the opening one; an expression for it would take quadratic time. */
function isWithin(text: string, opening: string, closing: string): boolean {
  const first = text.indexOf(opening);
  return first >= 0 && text.lastIndexOf(closing) > first;
}
