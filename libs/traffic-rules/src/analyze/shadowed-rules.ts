import { isForWorkload } from '../compile/routes.js';
import type { TableContents } from '../compile/table.js';
import type { KnownIssue } from '../issue.js';
import { exampleRequest } from '../match/algebra.js';
import type { Rule } from '../model/rule.js';
import { fieldOf } from '../place.js';
import type { RouteRequest } from '../request.js';
import { route } from '../route/route.js';
import { type ComparedRule, comparedRule, EarlierRules } from './earlier-rules.js';
import type { Deciding, MeshView } from './mesh-view.js';

/** How much effort the rules of one resource may take, and those of all together: some seconds at worst. */
export const limits = { resource: 300_000, all: 1_500_000 };

/** Rules and matches that an earlier rule takes every request of, beyond those that `validate` tells. */
export function* warnOfShadowedRules(
  view: MeshView,
  known: readonly KnownIssue[],
): Generator<undefined, void> {
  const told = toldPlaces(known);
  let left = limits.all;
  for (const deciding of view.deciding) {
    yield;
    const limit = Math.min(limits.resource, left);
    const { shadows, effort, leftOut } = yield* shadowsOf(deciding, view.table, limit);
    left -= effort;
    for (const group of entriesOf(deciding, shadows)) {
      yield;
      warnOfEntry(view, deciding, group, told);
    }
    if (leftOut !== undefined) noteLeftOut(view, deciding, leftOut);
  }
}

/** What validation said of rules and of their matches, by document and path. */
function toldPlaces(known: readonly KnownIssue[]): ReadonlySet<string> {
  return new Set(
    known
      .filter(({ code }) => code === 'rule-unreachable' || code === 'match-redundant')
      .flatMap(({ file, resource, path }) => {
        const rule = path.replace(/\.match\[\d+\]$/, '');
        return [placeKey(file, resource, path), placeKey(file, resource, rule)];
      }),
  );
}

function placeKey(file: string, resource: string, path: string): string {
  return `${file}\n${resource}\n${path}`;
}

interface Shadow {
  hidden: Rule;
  by: Rule;
}

interface Shadows {
  shadows: Shadow[];
  effort: number;
  /** The first rule that was not compared with all before it. */
  leftOut?: Rule;
}

function* shadowsOf({ owner }: Deciding, table: TableContents, limit: number): Generator<undefined, Shadows> {
  const earlier = new EarlierRules<ComparedRule>();
  const shadows: Shadow[] = [];
  for (const rule of owner.rules) {
    yield;
    if (!isForWorkload(rule, table)) continue;
    const compared = comparedRule(rule);
    // A delegate's rules may be reached by way of another root.
    const isOwn = rule.place.rule.delegate === undefined;
    const by = isOwn ? earlier.covering(compared, limit) : undefined;
    if (earlier.effort >= limit) return { shadows, effort: limit, leftOut: rule };
    if (by === undefined) earlier.add(compared);
    else shadows.push({ hidden: rule, by: by.rule });
  }
  return { shadows, effort: earlier.effort };
}

/** An entry of the list of rules, some of whose matches never decide. */
interface ShadowedEntry {
  shadows: Shadow[];
  /** Whether that is so of all its matches. */
  isWhole: boolean;
}

function entriesOf({ owner }: Deciding, shadows: readonly Shadow[]): ShadowedEntry[] {
  if (shadows.length === 0) return [];
  const matches = Map.groupBy(owner.rules, ({ place }) => place.rule);
  const groups = Map.groupBy(shadows, ({ hidden }) => hidden.place.rule);
  return [...groups].map(([rule, group]) => ({
    shadows: group,
    isWhole: matches.get(rule)?.length === group.length,
  }));
}

function warnOfEntry(
  view: MeshView,
  deciding: Deciding,
  { shadows, isWhole }: ShadowedEntry,
  told: ReadonlySet<string>,
): void {
  const [first] = shadows;
  if (first === undefined) return;
  const { document, rule } = first.hidden.place;
  const { kind, metadata, source } = document;
  const isTold = (path: string) =>
    told.has(placeKey(source.file, `${kind} ${metadata.namespace}/${metadata.name}`, path));
  if (isTold(rule.path)) return;
  if (isWhole) warnOfRule(view, deciding, first);
  else
    for (const shadow of shadows)
      if (!isTold(fieldOf(shadow.hidden.place))) warnOfMatch(view, deciding, shadow);
}

function warnOfRule(view: MeshView, deciding: Deciding, shadow: Shadow): void {
  const { document, rule } = shadow.hidden.place;
  const message = `no request reaches this rule: ${describeHider(shadow)} takes all of its requests${example(view, deciding, shadow)}. Put it before that rule.`;
  view.report(document).warning('rule-shadowed', rule.path, message);
}

function warnOfMatch(view: MeshView, deciding: Deciding, shadow: Shadow): void {
  const message = `this match never decides: ${describeHider(shadow)} takes all of its requests${example(view, deciding, shadow)}. Put the rule before that one, or remove the match.`;
  view.report(shadow.hidden.place.document).warning('match-shadowed', fieldOf(shadow.hidden.place), message);
}

function noteLeftOut(view: MeshView, { owner }: Deciding, { place }: Rule): void {
  const at = place.document === owner.document ? place.rule.path : '';
  const message = `${owner.rules.length} rules are too many to compare each of them with those before it: whether a request reaches the rules from rule ${place.rule.index} on was not checked.`;
  view.report(owner.document).info('analysis-incomplete', at, message);
}

function describeHider({ by }: Shadow): string {
  const { index, name, delegate, location } = by.place.rule;
  const quoted = name === undefined ? '' : ` ("${name}")`;
  const of = delegate === undefined ? '' : ` of delegate ${delegate.namespace}/${delegate.name}`;
  // Nobody sees the lines of an object.
  const line = location.field === undefined ? ` (line ${location.line})` : '';
  return `rule ${index}${quoted}${of}${line}`;
}

/** A request of the hidden rule, shown only when the routing table confirms who takes it. */
function example(view: MeshView, { owner, ports }: Deciding, { hidden, by }: Shadow): string {
  const [host] = owner.hosts;
  const port = ports.has(80) ? 80 : [...ports][0];
  if (host === undefined || port === undefined) return '';
  const request = exampleRequest(hidden.requirements, host, port);
  if (request === undefined) return '';
  const { because } = route(view.routes, request, 0);
  const isConfirmed = because.resource === owner.resource && because.rule?.path === by.place.rule.path;
  return isConfirmed ? `, for instance ${describeRequest(request)}` : '';
}

/** As a person would write it down. */
function describeRequest({ method, authority, path, headers }: RouteRequest): string {
  const fields: string[] = [];
  for (let at = 0; at < headers.length; at += 2)
    fields.push(headers[at + 1] === '' ? `an empty ${headers[at]}` : `${headers[at]}: ${headers[at + 1]}`);
  const request = `${method} http://${authority}${path}`;
  return fields.length === 0 ? request : `${request} with ${fields.join(', ')}`;
}
