import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Connect, type ConnectionDecision, dialledEndpoint } from '@grayscale/traffic-rules';
import type { AccessRecord, ResponseFlag } from '../access-record.js';
import { addressText } from '../address.js';
import type { Runtime } from '../runtime.js';
import type { ConnectFailure } from '../upstream/dialler.js';
import type { Host } from '../upstream/host.js';
import { hasEndpoints } from '../upstream/upstream-cluster.js';
import { passThroughCluster } from '../upstream/upstreams.js';
import { refusal } from './refusal.js';

export interface TunnelRequest {
  /** Where the client's CONNECT led to. */
  host: string;
  port: number;
  /** What the client has sent already. */
  first: Buffer;
  /** Its CONNECT was answered; else that is done when the other end is reached, or cannot be. */
  answered: boolean;
  /** The server name that its TLS asks for; null: none, or no TLS. Absent: nobody looked. */
  sni?: string | null;
  /** Where it leads, if that is decided already. */
  decision?: Connect;
  /** `address:port` of the client. */
  client: string;
}

/** The answer to a CONNECT. */
export const connectionEstablished = 'HTTP/1.1 200 OK\r\n\r\n';

const failures: Record<
  ConnectFailure,
  { status: number; reason: (address: string) => string; flag: ResponseFlag }
> = {
  refused: { status: 503, reason: (address) => `${address} refuses connections`, flag: 'UF' },
  timeout: { status: 504, reason: (address) => `${address} does not answer`, flag: 'UF' },
  'name-not-found': { status: 503, reason: () => 'DNS resolution failure', flag: 'DF' },
  overflow: { status: 503, reason: (address) => `no more connections to ${address} are allowed`, flag: 'UO' },
  loop: { status: 508, reason: (address) => `${address} is the local mesh itself`, flag: 'UF' },
};

/** Where a tunnel leads; without a server it leads nowhere. */
interface TunnelRoute {
  to?: Host;
  cluster: string;
  decision: ConnectionDecision;
  /** Why there is no server. */
  refusal?: { status: number; reason: string; details: string; flags: ResponseFlag[] };
}

/**
 * Joins a client to where it was going, looking into nothing: to an endpoint of the service that is registered for the host and port, else
 * to the host itself. Under REGISTRY_ONLY a stranger is refused here as well.
 */
export function openTunnel(runtime: Runtime, client: Socket, request: TunnelRequest): void {
  const startTime = Date.now();
  const started = performance.now();
  const route = routeOf(runtime, request);
  const { to } = route;
  client.on('error', () => client.destroy());
  runtime.stats.requests++;
  runtime.stats.activeRequests++;

  const fail = (status: number, reason: string, flags: ResponseFlag[]): void => {
    if (request.answered) client.destroy();
    else client.end(refusal(status, reason, runtime.serverName), 'latin1');
    complete(flags, 0, request.answered ? 0 : status);
  };
  const complete = (flags: ResponseFlag[], sent: number, status = 0): void => {
    runtime.stats.activeRequests--;
    runtime.options.onComplete?.({
      ...recordOf(request, route),
      startTime,
      status,
      flags,
      bytesReceived: Math.max(0, client.bytesRead),
      bytesSent: sent,
      durationMs: performance.now() - started,
    });
  };

  if (to === undefined) {
    fail(route.refusal?.status ?? 503, route.refusal?.reason ?? '', route.refusal?.flags ?? []);
    return;
  }
  // On a port of HTTP the client's own TLS is passed on; the rules' would be for requests.
  const asItIs = route.decision.because.reason !== 'tcp-port';
  const onGone = (): void => {
    cancel();
    complete(['DC'], 0);
  };
  const cancel = to.connect(asItIs, {
    onConnected: (upstream) => {
      client.off('close', onGone);
      if (!request.answered) client.write(connectionEstablished);
      if (request.first.length > 0) upstream.write(request.first);
      const before = client.bytesWritten;
      splice(client, upstream, () => complete([], client.bytesWritten - before));
    },
    onFailure: (kind) => {
      client.off('close', onGone);
      const { status, reason, flag } = failures[kind];
      fail(status, reason(addressText(to.address)), [flag]);
    },
  });
  client.once('close', onGone);
}

/** What the access log says of a tunnel whatever becomes of it. */
function recordOf(
  request: TunnelRequest,
  { to, cluster, decision, refusal }: TunnelRoute,
): Omit<AccessRecord, 'startTime' | 'status' | 'flags' | 'bytesReceived' | 'bytesSent' | 'durationMs'> {
  return {
    method: 'CONNECT',
    path: '',
    authority: addressText(request),
    port: request.port,
    protocol: 'tcp',
    details: refusal?.details ?? '',
    upstreamDurationMs: undefined,
    forwardedFor: undefined,
    userAgent: undefined,
    requestId: undefined,
    upstreamHost: to && addressText(to.address),
    upstreamCluster: cluster,
    downstreamAddress: request.client,
    attempts: to === undefined ? 0 : 1,
    decision,
  };
}

function routeOf(runtime: Runtime, request: TunnelRequest): TunnelRoute {
  const { host, port } = request;
  const decision = request.decision ?? decided(runtime, request);
  if (decision.kind === 'connect') return toService(runtime, request, decision);
  if (decision.kind === 'blocked') {
    const reason =
      decision.because.reason === 'tcp-port'
        ? `the rules lead ${addressText(request)} to a destination that does not exist`
        : `${addressText(request)} is not registered, and REGISTRY_ONLY lets nothing else pass`;
    const refusal = { status: 502, reason, details: 'blocked', flags: [] };
    return { cluster: 'BlackHoleCluster', decision, refusal };
  }
  const address = runtime.options.resolve?.(host, port) ?? { host, port };
  return { to: runtime.upstreams.passThrough.hostAt(address), cluster: passThroughCluster, decision };
}

function decided({ options, random }: Runtime, { host, port, sni }: TunnelRequest): ConnectionDecision {
  return options.routeConnection({ host, port, ...(sni !== undefined && { sni }) }, random());
}

function toService(
  { upstreams, random, options }: Runtime,
  { host, port, sni }: TunnelRequest,
  decision: Connect,
): TunnelRoute {
  const { cluster } = decision;
  const upstream = upstreams.of(cluster);
  const common = { cluster: cluster.name, decision };
  if (!hasEndpoints(cluster)) {
    // Of a name that is resolved by itself it is the one that TLS asks for.
    const named = cluster.discovery === 'dynamic-dns' ? (sni ?? host) : host;
    const target = { host: named, port: cluster.targetPort ?? port };
    return { ...common, to: upstream.hostAt(options.resolve?.(target.host, target.port) ?? target) };
  }
  // A headless service is dialled by its endpoints, one of which is meant then (recorded: `scope-headless-tcp`).
  const dialled = options.resolve?.(host, port)?.host ?? host;
  const meant = dialledEndpoint(cluster, host.toLowerCase(), { address: dialled, port });
  if (meant !== undefined)
    return { ...common, to: upstream.hostAt({ host: meant.address, port: meant.port }) };
  const to = upstream.choose({ random, hashKey: undefined, tried: new Set() });
  if (to !== undefined) return { ...common, to };
  const reason = 'no healthy upstream';
  return { ...common, refusal: { status: 503, reason, details: 'no_healthy_upstream', flags: ['UH'] } };
}

/** Joins two connections, or a connection and a stream of one; when one ends, so does the other, after what it still has to say. */
export function splice(client: Duplex, upstream: Duplex, onClosed: () => void): void {
  let open = 2;
  const closed = (): void => {
    open--;
    if (open === 0) onClosed();
  };
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => {
      to.end();
      closed();
    });
    from.pipe(to);
  }
}
