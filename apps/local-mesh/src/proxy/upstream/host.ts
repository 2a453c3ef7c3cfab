import type { TlsOrigination } from '@grayscale/traffic-rules';
import type { Address } from '../address.js';
import type { OutgoingRequest } from '../message/request.js';
import type { ConnectCallbacks, Dialler, DialTarget } from './dialler.js';
import { Http1Pool } from './http1-pool.js';
import { Http2Pool } from './http2-pool.js';
import { HostHealth, type TryResult } from './outlier-detector.js';
import type { PoolOptions } from './pool-options.js';
import type { Resources } from './resources.js';
import type { StreamHandler, StreamPool, UpstreamStream } from './stream.js';
import { dependsOnHost } from './tls-settings.js';

/** How the connections to a host are made and kept: what a change of rules may change. */
export interface ConnectionSettings {
  connectTimeoutMs: number;
  tls?: TlsOrigination;
  idleTimeoutMs: number;
  maxRequestsPerConnection: number;
  maxConcurrentStreams: number;
}

/** The connections for each protocol that is spoken to servers. */
const pools = { http1: Http1Pool, http2: Http2Pool };
export type Protocol = keyof typeof pools;

/** The cluster that a host belongs to. */
export interface HostOwner {
  readonly resources: Resources;
  onResult(host: Host, result: TryResult): void;
}

/** One server of a cluster: it lives on when rules are read anew, with its connections and all that is known of it. */
export class Host {
  /** Requests under way. */
  active = 0;
  /** For weighted choices; at least 1. */
  weight = 1;
  /** Milliseconds since 1970; for the cluster's sweep. */
  usedAt = Date.now();
  /** By what is spoken, and to whom, where that makes a difference. */
  readonly #pools = new Map<string, StreamPool>();
  readonly #retired = new Set<StreamPool>();
  readonly health = new HostHealth();

  constructor(
    readonly address: Address,
    private settings: ConnectionSettings,
    private readonly dialler: Dialler,
    private readonly owner: HostOwner,
  ) {}

  /** No request is under way, and no connection is open. */
  get unused(): boolean {
    return this.active === 0 && this.#all().every(({ empty }) => empty);
  }

  /** What was opened with other settings ends with what is under way on it. */
  configure(settings: ConnectionSettings): void {
    if (JSON.stringify(settings) !== JSON.stringify(this.settings)) {
      for (const pool of this.#pools.values()) {
        pool.retire();
        this.#retired.add(pool);
      }
      this.#pools.clear();
    }
    this.settings = settings;
  }

  /** A request begins, and counts until `end`; false: a limit of the cluster's leaves no room. */
  begin(): boolean {
    if (!this.owner.resources.hasRoom('requests')) return false;
    this.owner.resources.take('requests');
    this.active++;
    return true;
  }

  end(): void {
    this.owner.resources.giveBack('requests');
    this.active--;
  }

  /** What came of a request, for outlier detection. */
  report(result: TryResult): void {
    this.owner.onResult(this, result);
  }

  /** Throws UnsendableHead, and nothing is sent then. To be called between `begin` and `end`. */
  request(protocol: Protocol, request: OutgoingRequest, handler: StreamHandler): UpstreamStream {
    this.usedAt = Date.now();
    return this.#pool(protocol, request.authority).request(request, handler);
  }

  /**
   * A connection of its own, for bytes that nobody looks into.
   * @param asItIs without the TLS that the rules ask for
   * @returns what ends the attempt
   */
  connect(asItIs: boolean, { onConnected, onFailure }: ConnectCallbacks): () => void {
    this.usedAt = Date.now();
    const { resources } = this.owner;
    if (!resources.hasRoom('connections')) {
      const later = setImmediate(() => onFailure('overflow'));
      return () => clearImmediate(later);
    }
    resources.take('connections');
    const { address, connectTimeoutMs } = this.#dialTarget('');
    const target = asItIs ? { address, connectTimeoutMs } : this.#dialTarget(address.host);
    const stop = this.dialler.connect(target, {
      onConnected: (socket) => {
        socket.once('close', () => resources.giveBack('connections'));
        onConnected(socket);
      },
      onFailure: (kind) => {
        resources.giveBack('connections');
        this.report(kind === 'timeout' ? 'timeout' : 'unreachable');
        onFailure(kind);
      },
    });
    return () => {
      if (stop()) resources.giveBack('connections');
    };
  }

  sweep(now: number): void {
    for (const pool of this.#all()) pool.sweep(now);
    // One for each Host that was asked for.
    for (const [key, pool] of this.#pools) if (pool.empty) this.#pools.delete(key);
    for (const pool of this.#retired) if (pool.empty) this.#retired.delete(pool);
  }

  close(): void {
    for (const pool of this.#all()) pool.close();
  }

  #all(): StreamPool[] {
    return [...this.#pools.values(), ...this.#retired];
  }

  #pool(protocol: Protocol, authority: string): StreamPool {
    const { tls } = this.settings;
    const name = tls !== undefined && dependsOnHost(tls) ? hostOf(authority) : '';
    const key = `${protocol} ${name}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new pools[protocol](this.#poolOptions(name));
      this.#pools.set(key, pool);
    }
    return pool;
  }

  #poolOptions(name: string): PoolOptions {
    const { idleTimeoutMs, maxRequestsPerConnection, maxConcurrentStreams } = this.settings;
    const target = this.#dialTarget(name);
    return {
      dial: (callbacks) => this.dialler.connect(target, callbacks),
      resources: this.owner.resources,
      idleTimeoutMs,
      maxRequestsPerConnection,
      maxConcurrentStreams,
    };
  }

  #dialTarget(host: string): DialTarget {
    const { connectTimeoutMs, tls: settings } = this.settings;
    const { address } = this;
    return { address, connectTimeoutMs, ...(settings !== undefined && { tls: { settings, host } }) };
  }
}

/** The Host without its port, as a certificate names it. */
function hostOf(authority: string): string {
  return authority
    .toLowerCase()
    .replace(/:[0-9]*$/, '')
    .replace(/^\[(.*)\]$/, '$1');
}
