import { hostsInCommon } from '../hosts-in-common.js';
import { holdsAt } from '../match/algebra.js';
import { anyConnection, type ConnectionRule } from '../model/connection.js';
import { type GatewayServer, serverNamesOf } from '../model/gateway.js';
import type { MeshGateway } from '../model/mesh.js';
import type { HostRules } from '../model/rule.js';
import type { Workload } from '../workload.js';
import { type ChainSources, type ConnectionChain, targetOf } from './connection-chains.js';
import { type GatewayListener, sortServers } from './gateway-listeners.js';
import { type SharedName, sharedNameOf } from './listener-names.js';

/** A rule that a listener of a gateway leaves out whole, with all of its names. */
export interface LostNames {
  rule: ConnectionRule;
  server: GatewayServer;
  /** The name that is taken already, and what takes it. */
  name: string;
  first: ConnectionRule;
}

/** A listener of a gateway as its clients find it. */
export interface ReachedListener extends GatewayListener {
  /** The ports that clients dial to reach it. */
  ports: readonly number[];
  /** How it sorts what is no request. */
  chains: readonly ConnectionChain[];
  lost: readonly LostNames[];
}

/** The listeners of a gateway, in the order of its servers, and the names because of which others are refused. */
export function reachedListeners(
  gateway: MeshGateway,
  sources: ChainSources,
): { reached: ReachedListener[]; refusedFor: SharedName[] } {
  const reached: ReachedListener[] = [];
  const refusedFor: SharedName[] = [];
  for (const listener of sortServers(gateway.servers).reached) {
    const sorted = chainsOf(listener.connections, sources);
    const shared = sharedNameOf(listener, sorted.chains);
    if (shared === undefined)
      reached.push({ ...listener, ports: gateway.portsTo(listener.bindPort), ...sorted });
    else refusedFor.push(shared);
  }
  return { reached, refusedFor };
}

/**
 * The chains of the servers of one listener. A match of TLS that is passed on does not exist if one of its names is another's (Istio,
 * gateway.go CheckDuplicates; recorded: `gwapi-tlsroute-order`).
 */
function chainsOf(
  servers: readonly GatewayServer[],
  sources: ChainSources,
): Pick<ReachedListener, 'chains' | 'lost'> {
  const chains: ConnectionChain[] = [];
  const lost: LostNames[] = [];
  const taken = new Map<string, ConnectionRule>();
  for (const server of servers)
    for (const chain of serverChains(server, sources)) {
      const { rule, match } = chain;
      if (rule?.layer !== 'tls') {
        chains.push(chain);
        continue;
      }
      const name = match.serverNames.find((one) => taken.has(one));
      const first = name === undefined ? undefined : taken.get(name);
      if (name !== undefined && first !== undefined) {
        lost.push({ rule, server, name, first });
        continue;
      }
      for (const one of match.serverNames) taken.set(one, rule);
      chains.push(chain);
    }
  return { chains, lost };
}

/** How a gateway sorts the connections to a server that takes no requests (Istio, gateway.go buildGatewayNetworkFilters). */
function serverChains(server: GatewayServer, sources: ChainSources): ConnectionChain[] {
  // Names of clusters, as sidecars of other networks ask for them, are no client's (recorded: `gateway-auto-passthrough-rule`).
  if (server.automatic === true) return [];
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
        // Addresses are not asked for at a gateway.
        match: { ...rule.match, subnets: [] },
        target: targetOf(rule, server.port, sources),
        rule,
      }));
  const first = rules.find(({ layer }) => layer === 'tcp');
  if (first === undefined) return [];
  const serverNames = server.serves === 'tls' ? serverNamesOf(server) : [];
  const match = { ...anyConnection, serverNames };
  return [{ match, target: targetOf(first, server.port, sources), rule: first }];
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
