import type { StringMatch } from '../resources/string-match.js';
import type { HttpMatchRequest, HttpRule } from '../resources/virtual-service.js';

/** A match by uri prefix, with its place. */
export interface PrefixMatch {
  rule: number;
  match: number;
  prefix: string;
  conditions: HttpMatchRequest;
}

/**
 * Matches by prefix that an earlier, shorter prefix covers, judged as Istio's validation does: with the same port and
 * conditions whose values are the same or longer in the earlier one (istio, validation.go coveredValidation).
 */
export function coveringPrefixes(rules: readonly HttpRule[]): { later: PrefixMatch; earlier: PrefixMatch }[] {
  const matches = prefixMatches(rules);
  const byPrefix = new Map<string, PrefixMatch[]>();
  const found: { later: PrefixMatch; earlier: PrefixMatch }[] = [];
  const lengths = new Set<number>();
  for (const later of matches) {
    // Only prefixes of this prefix can cover it: look those up instead of comparing all pairs.
    for (const length of lengths) {
      if (length >= later.prefix.length) continue;
      const earlier = byPrefix
        .get(later.prefix.slice(0, length))
        ?.find((candidate) => covers(candidate, later));
      if (earlier === undefined) continue;
      found.push({ later, earlier });
      break;
    }
    lengths.add(later.prefix.length);
    const same = byPrefix.get(later.prefix);
    if (same === undefined) byPrefix.set(later.prefix, [later]);
    else same.push(later);
  }
  return found;
}

function prefixMatches(rules: readonly HttpRule[]): PrefixMatch[] {
  const reached = rules.findIndex((rule) => rule.match.length === 0);
  return rules.slice(0, reached === -1 ? rules.length : reached).flatMap((route, rule) =>
    route.match.flatMap((conditions, match) => {
      const { uri } = conditions;
      return uri?.kind === 'prefix' && uri.value !== ''
        ? [{ rule, match, prefix: uri.value, conditions }]
        : [];
    }),
  );
}

type FieldCovers = (a: HttpMatchRequest, b: HttpMatchRequest) => boolean;

const ignored: FieldCovers = () => true;

/** What Istio compares of two matches, and what it does not look at; the type checker asks for every field. */
const fieldCovers: Readonly<Record<keyof HttpMatchRequest, FieldCovers>> = {
  port: (a, b) => a.port === b.port,
  method: (a, b) => textOf(a.method, 'exact:GET').startsWith(textOf(b.method, 'exact:GET')),
  authority: (a, b) => textOf(a.authority).startsWith(textOf(b.authority)),
  headers: (a, b) => mapCovers(a.headers, b.headers),
  queryParams: (a, b) => mapCovers(a.queryParams, b.queryParams),
  withoutHeaders: (a, b) => mapCovers(a.withoutHeaders, b.withoutHeaders),
  uri: ignored,
  name: ignored,
  scheme: ignored,
  ignoreUriCase: ignored,
  sourceLabels: ignored,
  sourceNamespace: ignored,
  gateways: ignored,
};

function covers(earlier: PrefixMatch, later: PrefixMatch): boolean {
  return Object.values(fieldCovers).every((covers) => covers(earlier.conditions, later.conditions));
}

function mapCovers(
  a: Readonly<Record<string, StringMatch>>,
  b: Readonly<Record<string, StringMatch>>,
): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && textOf(a[key]).startsWith(textOf(b[key])));
}

function textOf(match: StringMatch | undefined, otherwise = ''): string {
  if (match === undefined || match.kind === 'regex' || match.kind === 'present' || match.value === '')
    return otherwise;
  return `${match.kind}:${match.value}`;
}
