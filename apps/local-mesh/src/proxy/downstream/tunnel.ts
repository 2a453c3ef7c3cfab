import type { Socket } from 'node:net';
import type { Decision } from '@grayscale/traffic-rules';
import type { ResponseFlag } from '../access-record.js';
import { addressText } from '../address.js';
import type { Runtime } from '../runtime.js';

export interface TunnelRequest {
  /** Where the client's CONNECT led to. */
  host: string;
  port: number;
  /** What the client has sent already. */
  first: Buffer;
  /** `address:port` of the client. */
  client: string;
}

const connectTimeoutMs = 10_000;

/**
 * Joins a client to where it was going, looking into nothing. The rules are asked once, for the host alone: under REGISTRY_ONLY a stranger
 * is refused here as well.
 */
export function openTunnel(runtime: Runtime, client: Socket, request: TunnelRequest): void {
  const startTime = Date.now();
  const started = performance.now();
  const decision = decide(runtime, request);
  const address = runtime.options.resolve?.(request.host, request.port) ?? request;
  const upstreamHost = addressText(address);
  client.on('error', () => client.destroy());
  runtime.stats.requests++;
  runtime.stats.activeRequests++;

  const complete = (flags: ResponseFlag[], sent: number): void => {
    runtime.stats.activeRequests--;
    runtime.options.onComplete?.({
      startTime,
      method: 'CONNECT',
      path: '',
      authority: addressText(request),
      port: request.port,
      protocol: 'tcp',
      status: 0,
      flags,
      details: decision.kind === 'blocked' ? 'blocked' : '',
      bytesReceived: Math.max(0, client.bytesRead),
      bytesSent: sent,
      durationMs: performance.now() - started,
      upstreamDurationMs: undefined,
      forwardedFor: undefined,
      userAgent: undefined,
      requestId: undefined,
      upstreamHost: decision.kind === 'blocked' ? undefined : upstreamHost,
      upstreamCluster: decision.kind === 'blocked' ? 'BlackHoleCluster' : 'PassthroughCluster',
      downstreamAddress: request.client,
      attempts: decision.kind === 'blocked' ? 0 : 1,
      decision,
    });
  };

  if (decision.kind === 'blocked') {
    client.destroy();
    complete([], 0);
    return;
  }
  const destination = { address: { host: address.host, port: address.port }, connectTimeoutMs };
  const cancel = runtime.pool.connectRaw(destination, {
    onConnected: (upstream) => {
      client.off('close', cancel);
      if (request.first.length > 0) upstream.write(request.first);
      const before = client.bytesWritten;
      splice(client, upstream, () => complete([], client.bytesWritten - before));
    },
    onFailure: (kind) => {
      client.destroy();
      complete([kind === 'name-not-found' ? 'DF' : 'UF'], 0);
    },
  });
  client.once('close', cancel);
}

/** Joins two sockets; when one ends, so does the other, after what it still has to say. */
export function splice(client: Socket, upstream: Socket, onClosed: () => void): void {
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

/** TLS hides the path; a host's rules are not asked for it, only whether it may be reached at all. */
function decide({ options, random }: Runtime, { host, port }: TunnelRequest): Decision {
  const authority = addressText({ host, port });
  return options.route({ method: 'GET', scheme: 'https', authority, port, path: '/', headers: [] }, random());
}
