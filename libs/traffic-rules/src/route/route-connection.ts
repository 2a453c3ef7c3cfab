import type { ConnectionTarget } from '../compile/connection-chains.js';
import { dialledAddress } from '../compile/dialled-address.js';
import { addressDomain } from '../compile/domains.js';
import { contentsOf, type RouteTable, type TableContents } from '../compile/table.js';
import type { ConnectionDecision } from '../decision.js';
import { connectTo } from './connect.js';
import { clusterFor } from './registered-cluster.js';
import { virtualHostOf } from './route.js';

/** A connection whose bytes are passed on as they are: what a client wrote behind CONNECT. */
export interface Connection {
  /** A name or an IP address (IPv6 without brackets). */
  host: string;
  port: number;
  /** The IP address that the host led the client to. Absent: where the name leads, a service's own address for instance. */
  address?: string;
  /** The server name that the client's TLS asks for; null: none, or no TLS. Absent: nobody looked, and the host is taken for it. */
  sni?: string | null;
}

/**
 * Where a connection leads that nobody looks into. TLS hides what an HTTP rule asks for, so the service itself answers,
 * whatever its rules are; rules of TLS and TCP alone look at where it was dialled and for which name TLS asks.
 * @param draw in [0,1): where it falls among the weights picks the destination
 */
export function routeConnection(table: RouteTable, connection: Connection, draw: number): ConnectionDecision {
  const contents = contentsOf(table);
  const { hash: rules, mesh, ports } = contents;
  const { host, port, address } = connection;
  const target = tcpTargetOf(contents, connection);
  if (target !== undefined) return connectTo(target, draw, rules);
  if (mesh.gateway !== undefined)
    return { kind: 'blocked', through: 'tcp', because: { reason: 'no-server' }, rules };
  const cluster = address === undefined ? clusterFor(table, host, port) : undefined;
  if (cluster !== undefined) {
    const destination = { index: 0, host: cluster.service.host, port, subset: '', share: 1 };
    return { kind: 'connect', cluster, because: { reason: 'default-route', destination }, rules };
  }
  const because = { reason: ports.has(port) ? 'unknown-host' : 'no-listener' } as const;
  const arrival = { authority: addressDomain(host), port, ...(address !== undefined && { address }) };
  const isKnown = virtualHostOf(contents, arrival) !== undefined;
  return mesh.outboundTrafficPolicy === 'ALLOW_ANY' || isKnown
    ? { kind: 'pass-through', through: 'tcp', path: '', because, rules }
    : { kind: 'blocked', through: 'tcp', because, rules };
}

/** Undefined: nothing that is not HTTP takes it. */
export function tcpTargetOf(contents: TableContents, connection: Connection): ConnectionTarget | undefined {
  const { host, port, address, sni = host } = connection;
  const own = dialledAddress(contents, host, address);
  const dialled = { port, address, own, sni: sni?.toLowerCase(), isHttp: false };
  const atOwn = contents.tcp.atOwnAddress(dialled);
  return atOwn === undefined ? contents.tcp.atAnyAddress(dialled) : atOwn.find(dialled);
}
