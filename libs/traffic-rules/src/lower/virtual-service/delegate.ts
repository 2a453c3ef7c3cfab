import type { SubjectKind, Test } from '../../model/requirement.js';
import type { HttpRule } from '../../resources/virtual-service.js';
import type { SourcedMatch, SourcedRule } from './sourced-rule.js';

/**
 * A delegate's rule in the place of the root's rule; none when one of its matches lies outside of all the root's.
 * (Istio, pilot/pkg/model/virtualservice.go mergeHTTPRoute.)
 */
export function mergeDelegate(root: SourcedRule, leaf: SourcedRule): SourcedRule[] {
  const matches = mergeMatches(root.matches, leaf.matches);
  if (matches === undefined) return [];
  const http = mergeRule(root.http, leaf.http);
  const entry = { ...leaf.entry, ...named(root.http.name, leaf.http.name) };
  return [{ ...leaf, http, entry, matches }];
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
  return { ...fromRoot, ...leaf, mirrors: leaf.mirrors.length > 0 ? leaf.mirrors : root.mirrors };
}

function named(root: string | undefined, leaf: string | undefined): { name?: string } {
  const name = [root, leaf].filter(Boolean).join('-');
  return name === '' ? {} : { name };
}

function mergeMatches(
  root: readonly SourcedMatch[],
  leaf: readonly SourcedMatch[],
): readonly SourcedMatch[] | undefined {
  if (root.length === 0) return leaf;
  if (leaf.length === 0) return root;
  const merged: SourcedMatch[] = [];
  for (const own of leaf) {
    const partners = root.filter((partner) => !conflicts(partner, own));
    if (partners.length === 0) return undefined;
    merged.push(...partners.map((partner) => mergeMatch(partner, own)));
  }
  return merged;
}

/** Field by field, the delegate's own where both have one. */
function mergeMatch(root: SourcedMatch, leaf: SourcedMatch): SourcedMatch {
  const own = new Set(leaf.requirements.map(({ field }) => field));
  return {
    ...leaf,
    entry: { ...leaf.entry, ...named(root.entry.name, leaf.entry.name) },
    requirements: [...root.requirements.filter(({ field }) => !own.has(field)), ...leaf.requirements],
  };
}

function conflicts(root: SourcedMatch, leaf: SourcedMatch): boolean {
  if (root.ignoreUriCase !== leaf.ignoreUriCase) return true;
  return root.requirements.some((requirement) => {
    const own = leaf.requirements.find(({ field }) => field === requirement.field);
    return own === undefined
      ? requirement.subject.kind === 'source-namespace'
      : conflictOf[requirement.subject.kind](requirement.test, own.test);
  });
}

/** Whether the delegate's test is not within the root's, by Istio's judgement. */
type Conflict = (root: Test, leaf: Test) => boolean;

/** What cannot be told (regex, presence) counts as a conflict, and so does an empty text. */
const outsideOfText: Conflict = (root, leaf) => {
  if (!('value' in root) || !('value' in leaf) || root.value === '') return true;
  if (root.kind === 'exact') return leaf.kind !== 'exact' || leaf.value !== root.value;
  if (root.kind !== 'prefix' || (leaf.kind !== 'exact' && leaf.kind !== 'prefix')) return true;
  return !leaf.value.startsWith(root.value);
};

const differs: Conflict = (root, leaf) =>
  !('value' in root) || !('value' in leaf) || root.value !== leaf.value;

const isNoSubset: Conflict = (root, leaf) =>
  root.kind !== 'one-of' ||
  leaf.kind !== 'one-of' ||
  leaf.values.some((value) => !root.values.includes(value));

const conflictOf: Readonly<Record<SubjectKind, Conflict>> = {
  path: outsideOfText,
  method: outsideOfText,
  authority: outsideOfText,
  scheme: outsideOfText,
  header: outsideOfText,
  'query-parameter': outsideOfText,
  port: differs,
  gateway: isNoSubset,
  'source-label': differs,
  'source-namespace': differs,
};
