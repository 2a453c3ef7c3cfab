import {
  describeRules,
  outboundTrafficPolicyOf,
  placedName,
  type ResourceDescription,
  ruleLine,
} from '@grayscale/traffic-rules';
import type { RuleSet } from './rule-set.js';

const maxLines = 30;

/**
 * The rules for a person: a host, then a line for each rule with the shares of its destinations.
 * @param source what they come from, as `2 files`
 */
export function summarize({ table, resources, hash }: RuleSet, source: string): string[] {
  const described = describeRules(table);
  const shown: string[] = [];
  let left = described.length;
  for (const resource of described) {
    const lines = summarizeResource(resource);
    if (shown.length > 0 && shown.length + lines.length > maxLines) break;
    shown.push(...lines);
    left--;
  }
  const hidden = shown.splice(maxLines).length;
  if (hidden > 0) shown.push(`... ${hidden} lines more`);
  if (left > 0) shown.push(`... and ${countByKind(described.slice(-left))} more`);
  if (resources.length === 0)
    return [`rules ${hash} in force: NONE. ${withoutRules[outboundTrafficPolicyOf(table)]}`];
  return [`rules ${hash} in force: ${countByKind(described)} from ${source}`, ...shown.map(indent)];
}

/** `2 VirtualServices and 1 HTTPRoute`, in the order of the rules. */
function countByKind(described: readonly ResourceDescription[]): string {
  const counts = new Map<string, number>(described.length === 0 ? [['VirtualService', 0]] : []);
  for (const { resource } of described) counts.set(resource.kind, (counts.get(resource.kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`).join(' and ');
}

/** What the proxy does where the files hold no rule and no service. */
const withoutRules = {
  ALLOW_ANY: 'Every request goes to the host that it names, as if there were no mesh.',
  REGISTRY_ONLY: 'Every request is answered with 502, as no host is registered.',
} as const;

function summarizeResource({ resource, hosts, unrouted, rules }: ResourceDescription): string[] {
  const place = placedName(resource);
  const named = hosts.map((host) =>
    unrouted.includes(host) ? `${host} (NOT in force: no port routes it)` : host,
  );
  return [`${named.join(', ')}  ${place}`, ...rules.map((rule) => indent(ruleLine(rule)))];
}

function indent(line: string): string {
  return `  ${line}`;
}
