import type { ConnectionTarget } from '../compile/connection-chains.js';
import { dialledAddress } from '../compile/dialled-address.js';
import { addressDomain } from '../compile/domains.js';
import { contentsOf, type RouteTable, type TableContents } from '../compile/table.js';
import type { ConnectionDecision, HttpConnectionDecision } from '../decision.js';
import { type Arrival, takerOf, virtualHostOf } from './arrival.js';
import { connectTo } from './connect.js';
import { clusterFor } from './registered-cluster.js';
import { unknownHost, withoutListener } from './unrouted.js';

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
  const isKnown = virtualHostOf(contents, arrivalOf(connection)) !== undefined;
  return mesh.outboundTrafficPolicy === 'ALLOW_ANY' || isKnown
    ? { kind: 'pass-through', through: 'tcp', path: '', because, rules }
    : { kind: 'blocked', through: 'tcp', because, rules };
}

/**
 * Where a connection leads that speaks HTTP, as far as the place says that was dialled: to a service of TCP, whose bytes are passed on whatever
 * they are; past the mesh, or nowhere; or to rules that look at each request.
 * @param draw in [0,1): where it falls among the weights picks the destination
 */
export function routeHttpConnection(
  table: RouteTable,
  connection: Omit<Connection, 'sni'>,
  draw: number,
): HttpConnectionDecision {
  const contents = contentsOf(table);
  const arrival = arrivalOf(connection);
  const virtualHost = virtualHostOf(contents, arrival);
  const taker = takerOf(contents, arrival, virtualHost);
  if (taker === 'nothing') return withoutListener(contents, '');
  if (taker !== 'routes') return connectTo(taker, draw, contents.hash);
  return virtualHost === undefined ? unknownHost(contents, '') : { kind: 'by-request' };
}

/** A connection as its requests would arrive that have its host as theirs. */
function arrivalOf({ host, port, address }: Connection): Arrival {
  return { authority: addressDomain(host), port, ...(address !== undefined && { address }) };
}

/** Undefined: nothing that is not HTTP takes it. */
export function tcpTargetOf(contents: TableContents, connection: Connection): ConnectionTarget | undefined {
  const { host, port, address, sni = host } = connection;
  const own = dialledAddress(contents, host, address);
  const dialled = { port, address, own, sni: sni?.toLowerCase(), isHttp: false };
  const atOwn = contents.tcp.atOwnAddress(dialled);
  return atOwn === undefined ? contents.tcp.atAnyAddress(dialled) : atOwn.find(dialled);
}
