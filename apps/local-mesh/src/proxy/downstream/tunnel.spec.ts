import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Cluster, ConnectionDecision, Endpoint } from '@grayscale/traffic-rules';
import type { AccessRecord } from '../access-record.js';
import type { Address } from '../address.js';
import { defaultLimits } from '../limits.js';
import type { ProxyOptions } from '../options.js';
import type { Runtime } from '../runtime.js';
import { type ConnectCallbacks, Dialler, type DialTarget } from '../upstream/dialler.js';
import { Upstreams } from '../upstream/upstreams.js';
import { openTunnel, type TunnelRequest } from './tunnel.js';

/** Dials nothing: a test says what comes of each attempt. */
class PlayedDialler extends Dialler {
  readonly attempts: Array<{ to: DialTarget; callbacks: ConnectCallbacks; ended: boolean }> = [];

  constructor() {
    super({ dial: (address) => address, lookup: () => {}, isOwn: () => false, trusted: () => [] });
  }

  override connect(to: DialTarget, callbacks: ConnectCallbacks): () => boolean {
    const attempt = { to, callbacks, ended: false };
    this.attempts.push(attempt);
    return () => {
      const wasOpen = !attempt.ended;
      attempt.ended = true;
      return wasOpen;
    };
  }
}

const endpoint = (address: string, port: number): Endpoint => ({
  address,
  port,
  weight: 1,
  healthy: true,
  labels: {},
});
const cluster: Cluster = {
  name: 'outbound|3306||db.example',
  service: { host: 'db.example', name: 'db.example', namespace: 'shop' },
  port: 3306,
  subset: '',
  discovery: 'static',
  endpoints: [endpoint('10.0.0.1', 3307), endpoint('10.0.0.2', 3308)],
  loadBalancing: 'ROUND_ROBIN',
  connectTimeoutMs: 1000,
  protocol: 'http1',
};
const because = { reason: 'tcp-port' } as const;
const connect: ConnectionDecision = { kind: 'connect', cluster, because, rules: '' };
const passThrough: ConnectionDecision = {
  kind: 'pass-through',
  through: 'tcp',
  path: '',
  because: { reason: 'unknown-host' },
  rules: '',
};
const blocked = (reason: 'tcp-port' | 'unknown-host'): ConnectionDecision => ({
  kind: 'blocked',
  through: 'tcp',
  because: { reason },
  rules: '',
});

class PlayedTunnel {
  readonly dialler = new PlayedDialler();
  readonly records: AccessRecord[] = [];
  readonly client: Duplex;
  readonly socket: Duplex;
  readonly asked: unknown[] = [];
  readonly runtime: Runtime;
  answered = '';

  constructor(
    decision: ConnectionDecision,
    request: Partial<TunnelRequest> = {},
    options: Partial<ProxyOptions> = {},
  ) {
    this.runtime = {
      options: {
        route: () => ({ kind: 'blocked', through: 'http', because, rules: '' }),
        routeConnection: (connection) => {
          this.asked.push(connection);
          return decision;
        },
        routeHttpConnection: () => ({ kind: 'by-request' }),
        onComplete: (record) => this.records.push(record),
        ...options,
      },
      limits: defaultLimits,
      serverName: 'envoy',
      random: () => 0,
      upstreams: new Upstreams(this.dialler),
      lookup: async () => true,
      stats: { connections: 1, activeRequests: 0, requests: 0 },
      draining: false,
    };
    const [socket, client] = duplexPair();
    this.client = client;
    this.socket = socket;
    client.on('data', (data: Buffer) => {
      this.answered += data.toString('latin1');
    });
    openTunnel(this.runtime, Object.assign(socket, { bytesRead: 5, bytesWritten: 0 }) as never, {
      host: 'db.example',
      port: 3306,
      first: Buffer.alloc(0),
      answered: false,
      client: '10.9.0.1:5',
      ...request,
    });
  }

  get dialled(): Address[] {
    return this.dialler.attempts.map(({ to }) => to.address);
  }

  /** What was logged, without times. */
  get log() {
    return this.records.map(({ startTime: _, durationMs: __, decision: ___, ...record }) => record);
  }
}

async function settled(): Promise<void> {
  for (let at = 0; at < 10; at++) await turn();
}

const logged = {
  method: 'CONNECT',
  path: '',
  authority: 'db.example:3306',
  port: 3306,
  protocol: 'tcp',
  status: 0,
  flags: [],
  details: '',
  bytesReceived: 5,
  bytesSent: 0,
  upstreamDurationMs: undefined,
  forwardedFor: undefined,
  userAgent: undefined,
  requestId: undefined,
  upstreamHost: '10.0.0.1:3307',
  upstreamCluster: 'outbound|3306||db.example',
  downstreamAddress: '10.9.0.1:5',
  attempts: 1,
};

describe('a tunnel', () => {
  it('joins both ends, with what the client has sent already, and is logged at its end', async () => {
    const tunnel = new PlayedTunnel(connect, { first: Buffer.from('early') });
    expect(tunnel.runtime.stats).toEqual({ connections: 1, activeRequests: 1, requests: 1 });
    const [upstream, server] = duplexPair();
    let received = '';
    server.on('data', (data) => {
      received += data;
    });
    tunnel.dialler.attempts[0]?.callbacks.onConnected(upstream as never);
    tunnel.client.write(' late');
    server.write('hello');
    await settled();
    expect([received, tunnel.answered]).toEqual(['early late', 'HTTP/1.1 200 OK\r\n\r\nhello']);
    expect(tunnel.log).toEqual([]);
    tunnel.socket.destroy();
    upstream.destroy();
    await settled();
    expect(tunnel.log).toEqual([logged]);
    expect(tunnel.runtime.stats.activeRequests).toBe(0);
    expect(tunnel.asked).toEqual([{ host: 'db.example', port: 3306 }]);
  });

  it.each([
    ['refused', 503, '10.0.0.1:3307 refuses connections', 'UF'],
    ['timeout', 504, '10.0.0.1:3307 does not answer', 'UF'],
    ['name-not-found', 503, 'DNS resolution failure', 'DF'],
    ['overflow', 503, 'no more connections to 10.0.0.1:3307 are allowed', 'UO'],
    ['loop', 508, '10.0.0.1:3307 is the local mesh itself', 'UF'],
  ] as const)('that fails is answered: %s', async (kind, status, reason, flag) => {
    const tunnel = new PlayedTunnel(connect);
    tunnel.dialler.attempts[0]?.callbacks.onFailure(kind);
    await settled();
    expect(tunnel.answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\n\\r\\n${reason}$`));
    expect(tunnel.log).toEqual([{ ...logged, status, flags: [flag] }]);
    expect(tunnel.runtime.stats.activeRequests).toBe(0);
  });

  it('whose CONNECT was answered just ends', async () => {
    const tunnel = new PlayedTunnel(connect, { answered: true });
    tunnel.dialler.attempts[0]?.callbacks.onFailure('refused');
    await settled();
    expect([tunnel.answered, tunnel.log]).toEqual(['', [{ ...logged, flags: ['UF'] }]]);
  });

  it('whose client goes ends the attempt', async () => {
    const tunnel = new PlayedTunnel(connect);
    tunnel.socket.destroy();
    await settled();
    expect(tunnel.dialler.attempts.map(({ ended }) => ended)).toEqual([true]);
    expect(tunnel.log).toEqual([{ ...logged, flags: ['DC'] }]);
    expect(tunnel.runtime.stats.activeRequests).toBe(0);
  });

  it.each([
    [blocked('unknown-host'), 'db.example:3306 is not registered, and REGISTRY_ONLY lets nothing else pass'],
    [blocked('tcp-port'), 'the rules lead db.example:3306 to a destination that does not exist'],
  ])('that the rules let nowhere is refused', async (decision, reason) => {
    const tunnel = new PlayedTunnel(decision);
    await settled();
    expect(tunnel.answered).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(tunnel.answered.endsWith(`\r\n\r\n${reason}`)).toBe(true);
    expect(tunnel.log).toEqual([
      {
        ...logged,
        status: 502,
        details: 'blocked',
        upstreamHost: undefined,
        upstreamCluster: 'BlackHoleCluster',
        attempts: 0,
      },
    ]);
  });

  it('to a service without an endpoint that is ready is refused', async () => {
    const tunnel = new PlayedTunnel({
      ...connect,
      cluster: { ...cluster, endpoints: [] },
    } as ConnectionDecision);
    await settled();
    expect(tunnel.answered).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\n\r\nno healthy upstream$/);
    expect(tunnel.log).toMatchObject([
      { status: 503, flags: ['UH'], details: 'no_healthy_upstream', attempts: 0 },
    ]);
  });

  it('to nobody of the mesh passes through, to where a name outside leads', () => {
    expect(new PlayedTunnel(passThrough).dialled).toEqual([{ host: 'db.example', port: 3306 }]);
    const resolve = () => ({ host: '10.8.0.1', port: 7 });
    const tunnel = new PlayedTunnel(passThrough, { sni: 'x' }, { resolve });
    expect(tunnel.dialled).toEqual([{ host: '10.8.0.1', port: 7 }]);
    expect(tunnel.asked).toEqual([{ host: 'db.example', port: 3306, sni: 'x' }]);
  });

  it('goes by a decision that was made before', () => {
    const tunnel = new PlayedTunnel(passThrough, { decision: connect as never });
    expect([tunnel.dialled, tunnel.asked]).toEqual([[{ host: '10.0.0.1', port: 3307 }], []]);
  });

  it('to the address of an endpoint of a headless service goes to that one', () => {
    const headless: ConnectionDecision = { ...connect, cluster: { ...cluster, headless: true } };
    // At the port that was dialled, as Envoy's ORIGINAL_DST does.
    const second = [{ host: '10.0.0.2', port: 3306 }];
    expect(new PlayedTunnel(headless, { host: '10.0.0.2' }).dialled).toEqual(second);
    const resolve = () => ({ host: '10.0.0.2', port: 9 });
    expect(new PlayedTunnel(headless, {}, { resolve }).dialled).toEqual(second);
    expect(new PlayedTunnel(connect, { host: '10.0.0.2' }).dialled).toEqual([
      { host: '10.0.0.1', port: 3307 },
    ]);
  });

  it.each([undefined, 3309])(
    'to a service without endpoints of its own goes where it was dialled (port %j)',
    (targetPort) => {
      const original = {
        ...cluster,
        discovery: 'original-destination',
        endpoints: [],
        ...(targetPort && { targetPort }),
      } as Cluster;
      const decision = { ...connect, cluster: original } as ConnectionDecision;
      expect(new PlayedTunnel(decision).dialled).toEqual([{ host: 'db.example', port: targetPort ?? 3306 }]);
      const resolve = (host: string, port: number) => ({ host: `${host}.resolved`, port });
      expect(new PlayedTunnel(decision, {}, { resolve }).dialled).toEqual([
        { host: 'db.example.resolved', port: targetPort ?? 3306 },
      ]);
    },
  );

  it.each([
    ['tcp-port', true],
    ['default-route', false],
  ] as const)('speaks the TLS of the rules on a port of bytes alone: %s', (reason, expected) => {
    const tls = { alpn: [] };
    const decision = { ...connect, cluster: { ...cluster, tls }, because: { reason } } as ConnectionDecision;
    const [attempt] = new PlayedTunnel(decision).dialler.attempts;
    expect(attempt?.to.tls !== undefined).toBe(expected);
  });
});
