import {
  describeRules,
  explain,
  type Location,
  placedName,
  placeText,
  type RouteRequest,
  type RouteTable,
  type RuleDescription,
} from '@grayscale/traffic-rules';
import type { Split } from './split.js';

/** The rules in force once the weights are set, and who asks. */
export interface InForce {
  table: RouteTable;
  /** As `from workloads in shop`, or `through gateway istio-system/gw`. */
  who: string;
}

/** What becomes of some requests, in a sentence. */
export interface Effect {
  sentence: string;
  /** None of them follows the split, which was to decide for them. */
  isMissed?: true;
}

/**
 * Whose requests a change of a split concerns, sentence by sentence: what of the calling workload's requests follows the split, and
 * what other rules of the same resource still decide. The engine is asked with a request for each rule.
 */
export function affected({ place }: Split, { table, who }: InForce): Effect[] {
  const isSplit = ({ location }: RuleDescription) => samePlace(location, place);
  const owner = describeRules(table).find(({ rules }) => rules.some(isSplit));
  const split = owner?.rules.find(isSplit);
  if (owner === undefined || split === undefined)
    return [missed(`No requests ${who} follow this rule: no host that they see leads to it.`)];
  const at = owner.rules.indexOf(split);
  const others = owner.rules.filter((rule, index) => rule !== split && decides(rule, index < at, table));
  const hidden = hiddenBy(split, table);
  const rest = others.length > 0 ? 'other requests' : 'requests';
  const [all, none] =
    split.conditions.length === 0
      ? [`all ${rest}`, `no ${rest}`]
      : [requestsWith(split), `no ${requestsWith(split)}`];
  const to = `to ${owner.hosts[0]} ${who}`;
  const outcome =
    hidden === undefined
      ? { sentence: `${capital(all)} ${to} follow the new weights.` }
      : missed(`${capital(none)} ${to} follow this rule: ${hidden} decides for them.`);
  return [...others.map((rule) => ({ sentence: otherRule(rule) })), outcome];
}

function missed(sentence: string): Effect {
  return { sentence, isMissed: true };
}

/** Whether a rule gets the requests that it is for. One that only regular expressions describe does where it comes first. */
function decides(rule: RuleDescription, isEarlier: boolean, table: RouteTable): boolean {
  if (rule.conditions.length === 0) return false;
  const requests = rule.requests();
  if (requests.length === 0) return isEarlier;
  return requests.some((request) => samePlace(decidingRule(request, table)?.location, rule.location));
}

function otherRule(rule: RuleDescription): string {
  return `${capital(requestsWith(rule))} still follow their own rule (${placeText(rule.location)}): ${rule.action}.`;
}

function requestsWith({ conditions }: RuleDescription): string {
  return `requests with ${conditions.join(' or ')}`;
}

/** What decides for the requests of a split in its place; undefined where the split itself does. */
function hiddenBy(split: RuleDescription, table: RouteTable): string | undefined {
  const deciding = split.requests().map((request) => decidingRule(request, table));
  if (deciding.length === 0 || deciding.some((rule) => samePlace(rule?.location, split.location)))
    return undefined;
  const other = deciding.find((rule) => rule !== undefined);
  return other?.text ?? 'no rule';
}

function decidingRule(
  request: RouteRequest,
  table: RouteTable,
): { location: Location; text: string } | undefined {
  const { rule, resource } = explain(table, request).decision.because;
  if (rule === undefined || resource === undefined) return undefined;
  return {
    location: rule.location,
    text: placedName(resource, rule.location),
  };
}

function samePlace(a: Location | undefined, b: Location): boolean {
  return a?.file === b.file && a.line === b.line && a.column === b.column;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
