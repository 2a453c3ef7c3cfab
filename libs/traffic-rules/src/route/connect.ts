import type { TcpTarget } from '../compile/tcp-listeners.js';
import type { Blocked, Connect } from '../decision.js';

/**
 * The decision for a connection that leads to a service's port of TCP.
 * @param rules the hash of the table
 */
export function connectTo({ service, cluster }: TcpTarget, port: number, rules: string): Connect | Blocked {
  const destination = { index: 0, host: service.host, port, subset: '', share: 1 };
  const because = { reason: 'tcp-port', destination } as const;
  if (cluster === undefined) return { kind: 'blocked', through: 'tcp', because, rules };
  return { kind: 'connect', cluster, because, rules };
}
