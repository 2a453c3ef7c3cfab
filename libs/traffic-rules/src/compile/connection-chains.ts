import type { Cluster } from '../cluster.js';
import type { Because } from '../decision.js';
import { hostsInCommon, overlap } from '../hosts-in-common.js';
import { holdsAt } from '../match/algebra.js';
import type { ConnectionRule } from '../model/connection.js';
import { type GatewayServer, meshGateway } from '../model/gateway.js';
import type { HostRules } from '../model/rule.js';
import type { RegistryPort, RegistryService } from '../model/service.js';
import type { Workload } from '../workload.js';
import { clusterName } from './clusters.js';

/** Where connections go that arrive in one way; of several destinations one is drawn for each. */
export interface ConnectionTarget {
  /** In the order of the rule; those of weight 0 are left out. */
  shares: readonly ConnectionShare[];
}

export interface ConnectionShare {
  /** Draws below it, and not below the one before, fall on this one. */
  upperBound: number;
  weight: number;
  because: Because;
  clusterName: string;
  /** Undefined where there is none: the connection is closed. */
  cluster: Cluster | undefined;
}

/** What of a connection leads to a target: which addresses were dialled, which name its TLS asks for. */
export interface ConnectionChain {
  /** Empty: every address. */
  subnets: readonly string[];
  /** Empty: any name, or none, or no TLS. */
  serverNames: readonly string[];
  target: ConnectionTarget;
  /** Absent: no rule made it. */
  rule?: ConnectionRule;
}

/** What chains are made from. */
export interface ChainSources {
  clusters: ReadonlyMap<string, Cluster>;
  services: ReadonlyMap<string, RegistryService>;
  rules: readonly HostRules[];
  workload: Workload;
}

/** How a sidecar sorts the connections to a service's port that is not HTTP. */
export class ServiceChains {
  readonly #sources: ChainSources;

  constructor(sources: ChainSources) {
    this.#sources = sources;
  }

  /**
   * @param blocks the service's own blocks of addresses
   * @param byServerName whether TLS to the service is told apart by its host, where no rule says more
   */
  of(
    service: RegistryService,
    port: RegistryPort,
    { blocks, byServerName }: { blocks: readonly string[]; byServerName: boolean },
  ): ConnectionChain[] {
    const rules = this.#rulesFor(service, port.number);
    const own = this.#own(service, port);
    if (port.encrypted === true) {
      const chains = this.#tlsChains(rules, blocks, port.number);
      if (chains.length > 0) return chains;
      return [{ subnets: blocks, serverNames: byServerName ? [service.host] : [], target: own }];
    }
    return this.#tcpChains(rules, blocks, port.number, own);
  }

  #rulesFor({ host }: RegistryService, port: number): ConnectionRule[] {
    const { rules, workload } = this.#sources;
    const listener = { workload, port, gateway: meshGateway };
    return rules
      .filter((owner) => owner.connections !== undefined && areFor(owner, host))
      .flatMap(({ connections = [] }) => connections)
      .filter(({ requirements }) =>
        requirements.every((requirement) => holdsAt(requirement, listener) !== false),
      );
  }

  /** A match with subnets hands them on to every later match that has none (Istio, tls.go; recorded: `tcp-tls-rule-source`). */
  #tlsChains(rules: readonly ConnectionRule[], blocks: readonly string[], port: number): ConnectionChain[] {
    const seen = new Set<string>();
    let subnets = blocks;
    return rules
      .filter(({ layer }) => layer === 'tls')
      .flatMap((rule) => {
        if (rule.subnets.length > 0) subnets = rule.subnets;
        const key = JSON.stringify([rule.serverNames, rule.subnets]);
        if (seen.has(key)) return [];
        seen.add(key);
        return [{ subnets, serverNames: rule.serverNames, target: this.#target(rule, port), rule }];
      });
  }

  /** Up to the first rule that takes every address; where none does, the service itself takes the rest. */
  #tcpChains(
    rules: readonly ConnectionRule[],
    blocks: readonly string[],
    port: number,
    own: ConnectionTarget,
  ): ConnectionChain[] {
    const chains: ConnectionChain[] = [];
    for (const rule of rules.filter(({ layer }) => layer === 'tcp')) {
      const target = this.#target(rule, port);
      if (rule.subnets.length === 0) return [...chains, { subnets: blocks, serverNames: [], target, rule }];
      chains.push({ subnets: rule.subnets, serverNames: [], target, rule });
    }
    return [...chains, { subnets: blocks, serverNames: [], target: own }];
  }

  #own({ host }: RegistryService, { number }: RegistryPort): ConnectionTarget {
    const name = clusterName(number, '', host);
    const destination = { index: 0, host, port: number, subset: '', share: 1 };
    const because: Because = { reason: 'tcp-port', destination };
    const cluster = this.#sources.clusters.get(name);
    return { shares: [{ upperBound: 1, weight: 1, because, clusterName: name, cluster }] };
  }

  #target(rule: ConnectionRule, port: number): ConnectionTarget {
    return targetOf(rule, port, this.#sources);
  }
}

/** A rule that a listener of a gateway leaves out whole, with all of its names. */
export interface LostNames {
  rule: ConnectionRule;
  server: GatewayServer;
  /** The name that is taken already, and what takes it. */
  name: string;
  first: ConnectionRule;
}

/**
 * The chains of the servers of one listener. A match of TLS that is passed on does not exist if one of its names is another's (Istio,
 * gateway.go CheckDuplicates; recorded: `gwapi-tlsroute-order`).
 */
export function listenerChains(
  servers: readonly GatewayServer[],
  sources: ChainSources,
): { chains: ConnectionChain[]; lost: LostNames[] } {
  const chains: ConnectionChain[] = [];
  const lost: LostNames[] = [];
  const taken = new Map<string, ConnectionRule>();
  for (const server of servers)
    for (const chain of serverChains(server, sources)) {
      const { rule, serverNames } = chain;
      if (rule?.layer !== 'tls') {
        chains.push(chain);
        continue;
      }
      const name = serverNames.find((one) => taken.has(one));
      const first = name === undefined ? undefined : taken.get(name);
      if (name !== undefined && first !== undefined) {
        lost.push({ rule, server, name, first });
        continue;
      }
      for (const one of serverNames) taken.set(one, rule);
      chains.push(chain);
    }
  return { chains, lost };
}

/** How a gateway sorts the connections to a server that takes no requests (Istio, gateway.go buildGatewayNetworkFilters). */
function serverChains(server: GatewayServer, sources: ChainSources): ConnectionChain[] {
  const bound = sources.rules.filter(
    (owner) => owner.gateways.includes(server.gateway) && sharesHost(owner, server),
  );
  const rules = bound
    .flatMap(({ connections = [] }) => connections)
    .filter((rule) => isFor(rule, server, sources.workload));
  if (server.serves === 'tls-passthrough')
    return rules
      .filter(({ layer }) => layer === 'tls')
      .map((rule) => ({
        subnets: [],
        serverNames: rule.serverNames,
        target: targetOf(rule, server.port, sources),
        rule,
      }));
  const first = rules.find(({ layer }) => layer === 'tcp');
  if (first === undefined) return [];
  const serverNames = server.serves === 'tls' ? server.hosts.map(({ host }) => host) : [];
  return [{ subnets: [], serverNames, target: targetOf(first, server.port, sources), rule: first }];
}

/** Of a gateway's client nothing is asked but the port and the gateway (Istio, gateway.go l4SingleMatch). */
function isFor({ requirements }: ConnectionRule, server: GatewayServer, workload: Workload): boolean {
  const listener = { workload, port: server.port, gateway: server.gateway };
  return requirements
    .filter(({ subject }) => subject.kind === 'port' || subject.kind === 'gateway')
    .every((requirement) => holdsAt(requirement, listener) !== false);
}

function sharesHost({ document, hosts }: HostRules, server: GatewayServer): boolean {
  const own = document.metadata.namespace;
  const served = server.hosts.filter(({ namespace = own }) => namespace === own).map(({ host }) => host);
  return hostsInCommon(served, hosts).length > 0;
}

/** A port that is not written is the only one of the service, else the listener's (Istio, route.go GetDestinationCluster). */
function targetOf(
  { destinations, place }: ConnectionRule,
  listenerPort: number,
  { clusters, services }: ChainSources,
): ConnectionTarget {
  const { resource, rule, match } = place;
  const because: Because = { reason: 'rule', resource, rule, ...(match !== undefined && { match }) };
  const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  const shares = destinations.flatMap(({ host, port: written, subset, weight }, index): ConnectionShare[] => {
    if (weight === 0) return [];
    upTo += weight;
    const service = services.get(host);
    const served = service?.ports.filter(({ unserved }) => unserved !== true) ?? [];
    const only = served.length === 1 ? served[0]?.number : undefined;
    const port = written ?? only ?? listenerPort;
    const name = clusterName(port, subset, service?.externalName ?? host);
    const destination = { index, host, port, subset, share: weight / total };
    return [
      {
        upperBound: upTo / total,
        weight,
        because: { ...because, destination },
        clusterName: name,
        cluster: clusters.get(name),
      },
    ];
  });
  return { shares };
}

/** Whether rules are for a host. */
function areFor({ hosts }: HostRules, host: string): boolean {
  return hosts.some((own) => overlap(own, host));
}
