import type { ConnectionShare, ConnectionTarget } from '../compile/connection-chains.js';
import type { Blocked, Connect } from '../decision.js';

/**
 * The decision for a connection that is joined to a service.
 * @param draw in [0,1): where it falls among the weights picks the destination
 * @param rules the hash of the table
 */
export function connectTo({ shares }: ConnectionTarget, draw: number, rules: string): Connect | Blocked {
  const share = shares.find(({ upperBound }) => draw < upperBound) ?? (shares.at(-1) as ConnectionShare);
  const { cluster, because } = share;
  if (cluster === undefined) return { kind: 'blocked', through: 'tcp', because, rules };
  return { kind: 'connect', cluster, because, rules };
}
