import { duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Random } from '@grayscale/seeded-random';
import type { Cluster } from '@grayscale/traffic-rules';
import { expectGolden } from '../../../../../tools/golden/golden.js';
import { addressText } from '../address.js';
import type { OutgoingRequest } from '../message/request.js';
import { type ConnectCallbacks, Dialler, type DialTarget } from './dialler.js';
import type { Host } from './host.js';
import type { StreamHandler } from './stream.js';
import { Upstreams } from './upstreams.js';

/** Dials nothing: the test says what comes of each attempt. */
class PlayedDialler extends Dialler {
  readonly attempts: Array<{ to: string; callbacks: ConnectCallbacks }> = [];
  readonly told: string[] = [];

  constructor() {
    super({ dial: (address) => address, lookup: () => {}, isOwn: () => false, trusted: () => [] });
  }

  override connect(
    { address, connectTimeoutMs, tls }: DialTarget,
    callbacks: ConnectCallbacks,
  ): () => boolean {
    const to = `${addressText(address)} within ${connectTimeoutMs}${tls ? ` TLS for ${JSON.stringify(tls.host)}` : ''}`;
    const attempt = { to, callbacks };
    this.told.push(`dials ${to}`);
    this.attempts.push(attempt);
    return () => {
      const index = this.attempts.indexOf(attempt);
      if (index >= 0) this.attempts.splice(index, 1);
      this.told.push(`gives ${to} up: ${index >= 0}`);
      return index >= 0;
    };
  }
}

const request: OutgoingRequest = {
  method: 'GET',
  scheme: 'http',
  authority: 'a.example:81',
  path: '/',
  headers: [],
  bodyLength: 0,
  untouched: true,
};

const endpoint = (port: number, weight: number, healthy: boolean) => ({
  address: '10.0.0.1',
  port,
  weight,
  healthy,
  labels: {},
});

/** Any of the settings that a DestinationRule makes. */
function drawCluster(random: Random): Cluster {
  const maybe = <T extends object>(value: T): T | undefined => (random.is(0.5) ? value : undefined);
  return {
    name: random.one(['one', 'two']),
    service: { host: 'a', name: 'a', namespace: 'n' },
    port: 80,
    subset: '',
    discovery: 'static',
    endpoints: [1, 2, 3].slice(0, 1 + random.below(3)).map((port) => endpoint(port, port, random.is(0.8))),
    loadBalancing: random.one(['ROUND_ROBIN', 'RANDOM', 'LEAST_REQUEST']),
    connectTimeoutMs: random.one([1000, 2000]),
    protocol: 'http1',
    ...maybe({
      limits: {
        ...maybe({ maxConnections: 2 }),
        ...maybe({ maxPendingRequests: 1 }),
        ...maybe({ maxRequests: 3 }),
        ...maybe({ maxRequestsPerConnection: 2 }),
        ...maybe({ idleTimeoutMs: 5000 }),
      },
    }),
    ...maybe({ tls: { alpn: [], ...maybe({ serverName: { kind: 'request-host' } as const }) } }),
    ...maybe({
      outlierDetection: {
        consecutive5xx: 2,
        consecutiveGatewayErrors: 0,
        intervalMs: 3000,
        baseEjectionMs: 4000,
        maxEjectionPercent: random.one([50, 100]),
        minHealthPercent: random.one([0, 50]),
      },
    }),
  };
}

const realNow = Date.now;
afterEach(() => {
  Date.now = realNow;
});

/** Clusters, their hosts and connections, and all that happens to them; time passes when the test says so. */
class Play {
  readonly random: Random;
  readonly dialler = new PlayedDialler();
  readonly upstreams = new Upstreams(this.dialler);
  /** Those that have got a request, and not answered it. */
  readonly servers: ReturnType<typeof duplexPair>[1][] = [];
  readonly requests: Array<{ name: string; host: Host; cancel: () => void }> = [];
  now = 1_000_000;
  cluster: Cluster;
  count = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.cluster = drawCluster(this.random);
    Date.now = () => this.now;
  }

  #tell(line: string): void {
    this.dialler.told.push(line);
  }

  readonly #moves: ReadonlyArray<() => void> = [
    () => this.#begin(),
    () => this.#begin(),
    () => this.#begin(),
    () => this.#dialled(),
    () => this.#dialled(),
    () => this.#dialled(),
    () => this.#dialled(),
    () => this.#dialled(),
    () => this.#answer(),
    () => this.#answer(),
    () => this.#answer(),
    () => this.#answer(),
    () => {
      this.cluster = drawCluster(this.random);
      this.#tell(
        `rules ${JSON.stringify(this.cluster.limits ?? {})}, ${this.cluster.endpoints.length} endpoints`,
      );
    },
    () => {
      this.now += this.random.one([1, 999, 1001, 4000, 61_000, 601_000]);
      this.upstreams.sweep(this.now);
      this.#tell(`sweeps at ${this.now}`);
    },
    () => {
      const gone = this.random.is(0.5) ? this.requests[0] : undefined;
      gone?.cancel();
      this.#tell(`gives ${gone?.name} up`);
      if (gone !== undefined) this.#end(gone.name);
    },
    () => this.#connect(),
  ];

  async move(): Promise<string> {
    this.random.one(this.#moves)();
    for (let at = 0; at < 4; at++) await turn();
    return this.dialler.told.splice(0).join('; ');
  }

  #host(): Host | undefined {
    const passes = this.random.is(0.15);
    if (passes) return this.upstreams.passThrough.hostAt({ host: '10.9.9.9', port: 9 });
    const { random } = this;
    const upstream = this.upstreams.of(this.cluster);
    return upstream.choose({ random: () => random.next(), hashKey: undefined, tried: new Set() });
  }

  #begin(): void {
    const host = this.#host();
    const name = `r${++this.count}`;
    if (host === undefined || !host.begin()) {
      this.#tell(`${name}: ${host === undefined ? 'nobody' : 'no room'}`);
      return;
    }
    this.#tell(`${name} to ${addressText(host.address)}, ${host.active} under way`);
    const authority = this.random.one(['a.example:81', 'B.example', '[::1]:82']);
    const asked = { name, host, cancel: () => {} };
    this.requests.push(asked);
    const stream = host.request('http1', { ...request, authority }, this.#handler(name));
    asked.cancel = () => stream.cancel();
    stream.end([]);
  }

  #handler(name: string): StreamHandler {
    return {
      onConnected: (stream) => {
        this.#tell(`${name} is sent`);
        stream.end([]);
      },
      onInformational: () => {},
      onHead: ({ status }) => {
        this.#tell(`${name} ${status}`);
        this.requests.find((one) => one.name === name)?.host.report({ status });
      },
      onData: () => {},
      onEnd: () => this.#end(name),
      onFlush: () => {},
      onUpgrade: () => {},
      onFailure: (kind) => {
        this.#tell(`${name} ${kind}`);
        this.requests.find((one) => one.name === name)?.host.report('unreachable');
        this.#end(name);
      },
      onDrain: () => {},
    };
  }

  #end(name: string): void {
    const index = this.requests.findIndex((one) => one.name === name);
    const [asked] = index < 0 ? [] : this.requests.splice(index, 1);
    asked?.host.end();
    this.#tell(`${name} is over: ${asked !== undefined}, unused ${asked?.host.unused}`);
  }

  #dialled(): void {
    const [attempt] = this.dialler.attempts.splice(0, 1);
    if (attempt === undefined) return;
    if (this.random.is(0.2)) {
      this.#tell(`${attempt.to} fails`);
      attempt.callbacks.onFailure(this.random.one(['refused', 'timeout']));
      return;
    }
    const [client, server] = duplexPair();
    server.on('data', () => this.servers.push(server));
    server.on('error', () => {});
    this.#tell(`${attempt.to} is there`);
    attempt.callbacks.onConnected(client as never);
  }

  #answer(): void {
    const [server] = this.servers.splice(this.random.below(Math.max(1, this.servers.length)), 1);
    const status = this.random.one([200, 200, 503, 503]);
    const more = this.random.one(['', '', 'connection: close\r\n', 'keep-alive: timeout=3\r\n']);
    if (server === undefined || server.destroyed || server.writableEnded) return;
    if (this.random.is(0.15)) server.end();
    else server.write(`HTTP/1.1 ${status} x\r\n${more}content-length: 0\r\n\r\n`);
    this.#tell(`a server answers ${status} ${more.trim()}`);
  }

  /** Bytes that nobody looks into. */
  #connect(): void {
    const name = `c${++this.count}`;
    const host = this.#host();
    this.#tell(`${name} to ${host && addressText(host.address)}`);
    const cancel = host?.connect(this.random.is(0.5), {
      onConnected: (socket) => {
        this.#tell(`${name} is connected`);
        socket.destroy();
      },
      onFailure: (kind) => this.#tell(`${name} ${kind}`),
    });
    if (this.random.is(0.2)) cancel?.();
  }

  async close(): Promise<string> {
    this.upstreams.close();
    for (let at = 0; at < 8; at++) await turn();
    return `${this.dialler.told.splice(0).join('; ')}; ${this.servers.length} servers, ${this.requests.length} requests left`;
  }
}

it.each([1, 2, 3, 4])('clusters that anything happens to, seed %d', async (seed) => {
  const play = new Play(seed);
  const lines: string[] = [];
  for (let at = 0; at < 400; at++) {
    const line = await play.move();
    if (line !== '') lines.push(line);
  }
  lines.push(await play.close());
  expectGolden(new URL(`../../../test/golden/played-clusters-${seed}.txt`, import.meta.url), lines);
});
