import { addressDomain } from '../compile/domains.js';
import { contentsOf, type RouteTable } from '../compile/table.js';
import type { ConnectionDecision } from '../decision.js';
import { clusterFor } from './registered-cluster.js';
import { virtualHostOf } from './route.js';

/** A connection whose bytes are passed on as they are: what a client wrote behind CONNECT. */
export interface Connection {
  /** A name or an IP address (IPv6 without brackets). */
  host: string;
  port: number;
}

/**
 * Where a connection leads that nobody looks into. TLS hides what an HTTP rule asks for, so the service itself answers,
 * whatever its rules are.
 */
export function routeConnection(table: RouteTable, { host, port }: Connection): ConnectionDecision {
  const contents = contentsOf(table);
  const { hash: rules, workload, ports } = contents;
  const cluster = clusterFor(table, host, port);
  if (cluster !== undefined) {
    const destination = { index: 0, host: cluster.service.host, port, subset: '', share: 1 };
    return { kind: 'connect', cluster, because: { reason: 'default-route', destination }, rules };
  }
  const because = { reason: ports.has(port) ? 'unknown-host' : 'no-listener' } as const;
  const isKnown = virtualHostOf(contents, { authority: addressDomain(host), port }) !== undefined;
  return workload.outboundTrafficPolicy === 'ALLOW_ANY' || isKnown
    ? { kind: 'pass-through', through: 'tcp', path: '', because, rules }
    : { kind: 'blocked', through: 'tcp', because, rules };
}
