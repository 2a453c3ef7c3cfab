import { toBytes } from '../bytes.js';
import { contentsOf, type RouteTable, type TableContents, type VirtualHost } from '../compile/table.js';
import { overlap } from '../hosts-in-common.js';
import type { Location } from '../issue.js';
import { describeRequirement, exampleRequest } from '../match/algebra.js';
import type { Action, DestinationName, ForwardAction } from '../model/action.js';
import type { ResourceReference } from '../model/place.js';
import type { HostRules, Rule } from '../model/rule.js';
import type { RouteRequest } from '../request.js';

/** What one resource's rules do, in words. */
export interface ResourceDescription {
  resource: ResourceReference;
  /** Fully qualified, in lower case. */
  hosts: readonly string[];
  /** Those of them that no port routes by these rules. */
  readonly unrouted: readonly string[];
  /** In the order in which they are tried, those of delegates in their place. */
  readonly rules: readonly RuleDescription[];
}

/** What one rule does, in words: an entry of a VirtualService's `http`, whatever the number of its matches. */
export interface RuleDescription {
  location: Location;
  /** One for each match: `header user exactly "test"`. Empty where the rule takes every request. */
  conditions: readonly string[];
  /** `one.example:80 90 %, two.example 10 %` or `redirect 301` */
  action: string;
  /** Requests that the rule is for, one for each match that is not a regular expression; whether it gets them `route` says. */
  requests(): RouteRequest[];
}

/** The rules that decide for the table's workload, the first in order first. */
export function describeRules(table: RouteTable): ResourceDescription[] {
  return contentsOf(table).mesh.rules.map((owner) => new DescribedResource(owner, table));
}

/** Its rules are put into words when somebody asks: of ten thousand resources few are shown. */
class DescribedResource implements ResourceDescription {
  readonly resource: ResourceReference;
  readonly hosts: readonly string[];
  private described: readonly RuleDescription[] | undefined;

  constructor(
    private readonly owner: HostRules,
    private readonly table: RouteTable,
  ) {
    this.resource = owner.resource;
    this.hosts = owner.hosts;
  }

  get unrouted(): readonly string[] {
    return unroutedHosts(this.owner, this.table);
  }

  /** The same ones each time: rules are told apart by what they are, not by what they say. */
  get rules(): readonly RuleDescription[] {
    this.described ??= this.describe();
    return this.described;
  }

  private describe(): RuleDescription[] {
    const entries = Map.groupBy(this.owner.rules, ({ place }) => place.rule);
    return [...entries.values()].flatMap((matches) => describeEntry(matches, this.owner, this.table));
  }
}

function unroutedHosts(owner: HostRules, table: RouteTable): string[] {
  const names = [...virtualHosts(table)].filter((host) => isOf(host, owner)).map(({ name }) => name);
  return owner.hosts.filter((host) => !names.some((name) => overlap(host, name)));
}

function* virtualHosts(table: RouteTable): Generator<VirtualHost> {
  for (const { hosts, byServerName } of contentsOf(table).ports.values()) {
    yield* hosts.values();
    for (const server of byServerName?.values() ?? []) yield* server.hosts.values();
  }
}

function isOf({ owner, sources }: VirtualHost, rules: HostRules): boolean {
  return sources?.includes(rules) ?? owner === rules;
}

/** A rule on one line: `header user exactly "test" -> one.example:80`. */
export function ruleLine({ conditions, action }: RuleDescription): string {
  return `${conditions.length === 0 ? 'any request' : conditions.join(' or ')} -> ${action}`;
}

/** The matches of one entry have the same action. */
function describeEntry(matches: readonly Rule[], owner: HostRules, table: RouteTable): RuleDescription[] {
  const [first] = matches;
  if (first === undefined) return [];
  const conditions = matches.map(({ requirements }) => requirements.map(describeRequirement).join(' and '));
  return [
    {
      location: first.place.rule.location,
      conditions: conditions.includes('') ? [] : conditions,
      action: describeAction(first.action),
      requests: () => exampleRequests(matches, owner, table),
    },
  ];
}

function exampleRequests(matches: readonly Rule[], owner: HostRules, table: RouteTable): RouteRequest[] {
  const at = servedAt(owner, contentsOf(table)) ?? registeredAt(owner, table);
  if (at === undefined) return [];
  return matches.flatMap(({ requirements }) => {
    const example = exampleRequest(requirements, at.host, at.port);
    if (example === undefined) return [];
    return at.isTls ? { ...example, scheme: 'https' as const, tls: { serverName: at.host } } : example;
  });
}

/** Where clients reach rules. */
interface Place {
  host: string;
  port: number;
  isTls: boolean;
}

/** A host and port by which a gateway's clients reach the rules; undefined at a sidecar. */
function servedAt(owner: HostRules, { mesh, ports }: TableContents): Place | undefined {
  if (mesh.gateway === undefined) return undefined;
  for (const [port, table] of ports)
    for (const [served, isTls] of [
      [table, false],
      ...[...(table.byServerName?.values() ?? [])].map((one) => [one, true] as const),
    ] as const)
      for (const { name, sources } of served.hosts.values())
        if (sources?.includes(owner)) return { host: name.replace(/^\*\.?/, 'any.'), port, isTls };
  return undefined;
}

function registeredAt(owner: HostRules, table: RouteTable): Place | undefined {
  const [host] = owner.hosts;
  return host === undefined ? undefined : { host, port: portFor(host, owner, table), isTls: false };
}

/** A port at which the owner's rules decide for the host, else one that the host has at all. */
function portFor(host: string, owner: HostRules, table: RouteTable): number {
  const found = [...contentsOf(table).ports.values()].flatMap(({ port, hosts }) => {
    const virtualHost = hosts.findCovering(toBytes(host));
    return virtualHost === undefined ? [] : [{ port, isOwn: virtualHost.owner === owner }];
  });
  return (found.find(({ isOwn }) => isOwn) ?? found[0])?.port ?? 80;
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
