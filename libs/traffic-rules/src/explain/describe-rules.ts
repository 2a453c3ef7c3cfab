import { contentsOf, type RouteTable } from '../compile/table.js';
import { describeRequirement } from '../match/algebra.js';
import type { Action, DestinationName, ForwardAction } from '../model/action.js';
import type { ResourceReference, Rule } from '../model/rule.js';

/** What one resource's rules do, in words. */
export interface RuleDescription {
  resource: ResourceReference;
  /** Fully qualified, in lower case. */
  hosts: readonly string[];
  /** `header user exactly "test" -> one.example:80`; those of delegates in their place. */
  rules: string[];
}

/** The rules that decide for the table's workload, the first in order first. */
export function describeRules(table: RouteTable): RuleDescription[] {
  return contentsOf(table).mesh.rules.map(({ resource, hosts, rules }) => ({
    resource,
    hosts,
    rules: [...Map.groupBy(rules, ({ place }) => place.rule).values()].map(describeEntry),
  }));
}

/** The matches of one entry have the same action. */
function describeEntry(matches: readonly Rule[]): string {
  const [first] = matches;
  const conditions = matches.map(({ requirements }) => requirements.map(describeRequirement).join(' and '));
  const asked = conditions.map((condition) => condition || 'any request').join(' or ');
  return `${asked} -> ${first === undefined ? '' : describeAction(first.action)}`;
}

function describeAction(action: Action): string {
  switch (action.kind) {
    case 'forward':
      return describeDestinations(action);
    case 'redirect':
      return `redirect ${action.status}`;
    case 'direct-response':
      return `answer ${action.status}`;
    case 'refused':
      return 'nothing that Envoy accepts';
  }
}

function describeDestinations({ destinations }: ForwardAction): string {
  const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
  return destinations
    .map((destination) => {
      const name = describeDestination(destination);
      return destinations.length === 1 ? name : `${name} ${percent(destination.weight / total)}`;
    })
    .join(', ');
}

function describeDestination({ host, port, subset }: DestinationName): string {
  return `${host}${port === undefined ? '' : `:${port}`}${subset === '' ? '' : ` subset ${subset}`}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}
