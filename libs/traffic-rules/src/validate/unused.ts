import { isObject } from '../fields/object.js';
import type { HttpMatchRequest, VirtualServiceSpec } from '../resources/virtual-service.js';
import { coveringPrefixes } from './prefix-cover.js';
import type { Report } from './report.js';

interface Rule {
  name?: string;
  match: ReadonlyArray<object>;
}

/** Rules and matches that Istio's own validation finds to be of no use. */
export function warnOfUnusedRules(spec: VirtualServiceSpec, report: Report): void {
  warnOfRepeats(spec.http, 'spec.http', report);
  warnOfRepeats(spec.tcp, 'spec.tcp', report);
  warnOfRepeats(spec.tls, 'spec.tls', report);
  for (const { later, earlier } of coveringPrefixes(spec.http)) {
    const message = `every request for it matches the prefix "${earlier.prefix}" of ${ruleName(spec.http, earlier.rule)} before; put it before that rule.`;
    report.warning('match-redundant', `spec.http[${later.rule}].match[${later.match}]`, message);
  }
}

function warnOfRepeats(rules: readonly Rule[], path: string, report: Report): void {
  const seen = new Map<string, number>();
  let catchAll: number | undefined;
  for (const [index, rule] of rules.entries()) {
    const place = `${path}[${index}]`;
    if (catchAll !== undefined) {
      const name = ruleName(rules, catchAll);
      report.warning(
        'rule-unreachable',
        place,
        `${name} has no match and takes every request before; put it last.`,
      );
    }
    if (rule.match.length === 0) catchAll = index;
    else if (catchAll === undefined) warnOfRepeatedMatches(rule, index, { seen, rules, place, report });
  }
}

interface Repeats {
  /** The rule in which a match stood first. */
  seen: Map<string, number>;
  rules: readonly Rule[];
  place: string;
  report: Report;
}

function warnOfRepeatedMatches(rule: Rule, index: number, { seen, rules, place, report }: Repeats): void {
  let repeated = 0;
  for (const [position, match] of rule.match.entries()) {
    const key = matchKey(match);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      continue;
    }
    repeated++;
    report.warning(
      'match-redundant',
      `${place}.match[${position}]`,
      `the same match stands in ${ruleName(rules, first)}, which takes the request; remove one of the two.`,
    );
  }
  if (repeated === rule.match.length)
    report.warning(
      'rule-unreachable',
      place,
      'rules before this one have all of its matches; no request gets here.',
    );
}

/** Two matches are the same when all but their names is. */
function matchKey(match: object): string {
  const { name: _, ...conditions } = match as HttpMatchRequest;
  return JSON.stringify(conditions, (_key, value: unknown) =>
    isObject(value) ? Object.fromEntries(Object.entries(value).sort(byKey)) : value,
  );
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function ruleName(rules: readonly Rule[], index: number): string {
  const name = rules[index]?.name;
  return name === undefined ? `rule ${index}` : `rule ${index} ("${name}")`;
}
