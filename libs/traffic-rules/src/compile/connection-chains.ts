import type { Cluster } from '../cluster.js';
import type { Because } from '../decision.js';
import type { ConnectionMatch, ConnectionRule } from '../model/connection.js';
import type { HostRules } from '../model/rule.js';
import type { RegistryService } from '../model/service.js';
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

/** What of a connection leads to a target. */
export interface ConnectionChain {
  match: ConnectionMatch;
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

/** Where a rule leads. A port that is not written is the only one of the service, else the listener's (Istio, route.go GetDestinationCluster). */
export function targetOf(
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
