import type { PortTable, TableContents } from '../compile/table.js';
import type { Rule } from '../model/rule.js';
import { fieldOf, placedName } from '../place.js';
import { type ComparedRule, comparedRule, EarlierRules } from './earlier-rules.js';
import type { MeshView } from './mesh-view.js';

/** How much effort all hosts of a gateway together may take: about a second. */
const effortLimit = 500_000;

/**
 * Rules of a gateway that a rule of another VirtualService takes every request of: those of one host are put together, the older
 * VirtualService's first, then by name (recorded: `gateway-two-rules-other-namespaces`). Routes of the Gateway API are sorted by what they match.
 */
export function* warnOfMergedRules(view: MeshView): Generator<undefined, void> {
  const hidden = new Map<Rule, Rule>();
  const reached = new Set<Rule>();
  let effort = 0;
  for (const rules of mergedRules(view.table)) {
    const earlier = new EarlierRules<ComparedRule>();
    for (const rule of rules) {
      yield;
      const compared = comparedRule(rule);
      const by = earlier.covering(compared, effortLimit - effort)?.rule;
      if (by === undefined || by.place.resource === rule.place.resource) reached.add(rule);
      else hidden.set(rule, by);
      earlier.add(compared);
    }
    effort += earlier.effort;
    if (effort >= effortLimit) {
      noteLeftOut(view, rules);
      break;
    }
  }
  for (const [rule, by] of hidden) if (!reached.has(rule)) warnOf(view, rule, by);
}

function noteLeftOut(view: MeshView, [first]: readonly Rule[]): void {
  if (first === undefined) return;
  view
    .report(first.place.document)
    .info(
      'analysis-incomplete',
      '',
      'the rules that several VirtualServices have for the hosts of this gateway are too many to compare each of them with those before it: whether a request reaches all of them was not checked.',
    );
}

/** The rules of each host that several VirtualServices have, in the order in which they are tried. */
function* mergedRules({ ports }: TableContents): Generator<readonly Rule[], void> {
  const tables = [...ports.values()].flatMap((table): PortTable[] => [
    table,
    ...(table.byServerName?.values() ?? []),
  ]);
  for (const { hosts } of new Set(tables))
    for (const { owner, sources = [] } of hosts.values())
      if (
        owner !== undefined &&
        sources.length > 1 &&
        sources.every(({ resource }) => resource.kind === 'VirtualService')
      )
        yield owner.rules;
}

function warnOf(view: MeshView, { place }: Rule, by: Rule): void {
  const other = placedName(by.place.resource);
  view
    .report(place.document)
    .warning(
      place.match === undefined ? 'rule-shadowed' : 'match-shadowed',
      fieldOf(place),
      `no request of the gateway comes to this: ${by.place.rule.path} of ${other} takes all of them. Of one host a gateway puts the rules of all VirtualServices together, the older one's first, then by name. Write them in one VirtualService, the more specific first.`,
    );
}
