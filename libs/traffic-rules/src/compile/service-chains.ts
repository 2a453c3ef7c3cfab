import type { Because } from '../decision.js';
import { overlap } from '../hosts-in-common.js';
import { holdsAt } from '../match/algebra.js';
import { anyConnection, type ConnectionRule, connectionMatchKey } from '../model/connection.js';
import { meshGateway } from '../model/gateway.js';
import type { HostRules } from '../model/rule.js';
import type { RegistryPort, RegistryService } from '../model/service.js';
import { clusterName } from './clusters.js';
import {
  type ChainSources,
  type ConnectionChain,
  type ConnectionTarget,
  targetOf,
} from './connection-chains.js';

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
      const serverNames = byServerName ? [service.host] : [];
      return [{ match: { ...anyConnection, subnets: blocks, serverNames }, target: own }];
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
        if (rule.match.subnets.length > 0) subnets = rule.match.subnets;
        const key = connectionMatchKey(rule.match);
        if (seen.has(key)) return [];
        seen.add(key);
        return [{ match: { ...rule.match, subnets }, target: targetOf(rule, port, this.#sources), rule }];
      });
  }

  /** Up to the first rule that takes every address; where none does, the service itself takes the rest. */
  #tcpChains(
    rules: readonly ConnectionRule[],
    blocks: readonly string[],
    port: number,
    own: ConnectionTarget,
  ): ConnectionChain[] {
    const rest = { ...anyConnection, subnets: blocks };
    const chains: ConnectionChain[] = [];
    for (const rule of rules.filter(({ layer }) => layer === 'tcp')) {
      const target = targetOf(rule, port, this.#sources);
      if (rule.match.subnets.length === 0) return [...chains, { match: rest, target, rule }];
      chains.push({ match: rule.match, target, rule });
    }
    return [...chains, { match: rest, target: own }];
  }

  #own({ host }: RegistryService, { number }: RegistryPort): ConnectionTarget {
    const name = clusterName(number, '', host);
    const destination = { index: 0, host, port: number, subset: '', share: 1 };
    const because: Because = { reason: 'tcp-port', destination };
    const cluster = this.#sources.clusters.get(name);
    return { shares: [{ upperBound: 1, weight: 1, because, clusterName: name, cluster }] };
  }
}

/** Whether rules are for a host. */
function areFor({ hosts }: HostRules, host: string): boolean {
  return hosts.some((own) => overlap(own, host));
}
