import type { StringMatch } from '../resources/string-match.js';
import type { HttpMatchRequest, HttpRule } from '../resources/virtual-service.js';
import type { SourcedRule } from './virtual-service.js';

/**
 * A delegate's rule in the place of the root's rule; none when one of its matches lies outside of all the root's.
 * (Istio, pilot/pkg/model/virtualservice.go mergeHTTPRoute.)
 */
export function mergeDelegate(root: SourcedRule, leaf: SourcedRule): SourcedRule[] {
  const matches = mergeMatches(root.matches, leaf.matches);
  return matches === undefined ? [] : [{ ...leaf, http: mergeRule(root.http, leaf.http), matches }];
}

/** The delegate's own object where it has one, else the root's as a whole. */
const inherited = [
  'rewrite',
  'directResponse',
  'timeout',
  'retries',
  'fault',
  'mirror',
  'mirrorPercent',
  'mirrorPercentage',
  'corsPolicy',
  'headers',
] as const satisfies ReadonlyArray<keyof HttpRule>;

function mergeRule(root: HttpRule, leaf: HttpRule): HttpRule {
  const fromRoot = Object.fromEntries(
    inherited.filter((field) => root[field] !== undefined).map((field) => [field, root[field]]),
  );
  const name = joinNames(root.name, leaf.name);
  return {
    ...fromRoot,
    ...leaf,
    ...(name !== undefined && { name }),
    mirrors: leaf.mirrors.length > 0 ? leaf.mirrors : root.mirrors,
  };
}

function joinNames(root: string | undefined, leaf: string | undefined): string | undefined {
  return [root, leaf].filter((name) => name !== undefined && name !== '').join('-') || undefined;
}

type Matches = SourcedRule['matches'];

function mergeMatches(root: Matches, leaf: Matches): Matches | undefined {
  if (root.length === 0) return leaf;
  if (leaf.length === 0) return root;
  const merged: Array<Matches[number]> = [];
  for (const own of leaf) {
    const partners = root.filter(({ match }) => !conflicts(match, own.match));
    if (partners.length === 0) return undefined;
    merged.push(...partners.map(({ match }) => ({ ...own, match: mergeMatch(match, own.match) })));
  }
  return merged;
}

function mergeMatch(root: HttpMatchRequest, leaf: HttpMatchRequest): HttpMatchRequest {
  const name = joinNames(root.name, leaf.name);
  return {
    ...root,
    ...leaf,
    ...(name !== undefined && { name }),
    headers: { ...root.headers, ...leaf.headers },
    withoutHeaders: { ...root.withoutHeaders, ...leaf.withoutHeaders },
    queryParams: { ...root.queryParams, ...leaf.queryParams },
    sourceLabels: { ...root.sourceLabels, ...leaf.sourceLabels },
    gateways: leaf.gateways.length > 0 ? leaf.gateways : root.gateways,
  };
}

function conflicts(root: HttpMatchRequest, leaf: HttpMatchRequest): boolean {
  return (
    (['uri', 'scheme', 'method', 'authority'] as const).some((field) => clash(root[field], leaf[field])) ||
    (['headers', 'withoutHeaders', 'queryParams'] as const).some((field) =>
      Object.entries(leaf[field]).some(([key, match]) => clash(root[field][key], match)),
    ) ||
    root.ignoreUriCase !== leaf.ignoreUriCase ||
    (root.port !== undefined && leaf.port !== undefined && root.port !== leaf.port) ||
    sourcesConflict(root, leaf)
  );
}

function sourcesConflict(root: HttpMatchRequest, leaf: HttpMatchRequest): boolean {
  return (
    (!!root.sourceNamespace && root.sourceNamespace !== leaf.sourceNamespace) ||
    Object.entries(leaf.sourceLabels).some(
      ([key, value]) => key in root.sourceLabels && root.sourceLabels[key] !== value,
    ) ||
    (root.gateways.length > 0 && leaf.gateways.some((gateway) => !root.gateways.includes(gateway)))
  );
}

/** Whether the leaf's match is not within the root's; what cannot be told (regex, presence) counts as a clash. */
function clash(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (root === undefined || leaf === undefined) return false;
  if (root.kind === 'exact') return root.value === '' || leaf.kind !== 'exact' || leaf.value !== root.value;
  if (root.kind !== 'prefix' || (leaf.kind !== 'exact' && leaf.kind !== 'prefix')) return true;
  return root.value === '' || !leaf.value.startsWith(root.value);
}
