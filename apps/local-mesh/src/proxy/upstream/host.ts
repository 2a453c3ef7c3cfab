import type { TlsOrigination } from '@grayscale/traffic-rules';
import type { Address } from '../address.js';
import type { OutgoingRequest } from '../message/request.js';
import type { ConnectCallbacks, Destination, Dialler } from './dialler.js';
import { Http1Pool } from './http1-pool.js';
import { Http2Pool } from './http2-pool.js';
import type { PoolOptions } from './pool-options.js';
import type { Resources } from './resources.js';
import type { StreamHandler, StreamPool, UpstreamStream } from './stream.js';

/** How the connections to a host are made and kept: what a change of rules may change. */
export interface ConnectionSettings {
  connectTimeoutMs: number;
  tls?: TlsOrigination;
  idleTimeoutMs: number;
  maxRequestsPerConnection: number;
  maxConcurrentStreams: number;
}

/** What is spoken to a server. */
export type Protocol = 'http1' | 'http2';

/** One server of a cluster: it lives on when rules are read anew, with its connections and all that is known of it. */
export class Host {
  /** Requests under way. */
  active = 0;
  /** For weighted choices; at least 1. */
  weight = 1;
  /** Milliseconds since 1970; for the cluster's sweep. */
  usedAt = Date.now();
  readonly #pools = new Map<Protocol, StreamPool>();
  readonly #retired = new Set<StreamPool>();

  constructor(
    readonly address: Address,
    private settings: ConnectionSettings,
    private readonly dialler: Dialler,
    private readonly resources: Resources,
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

  /** Throws UnsendableHead, and nothing is sent then. Whoever calls it counts in `active`. */
  request(protocol: Protocol, request: OutgoingRequest, handler: StreamHandler): UpstreamStream {
    this.usedAt = Date.now();
    return this.#pool(protocol).request(request, handler);
  }

  /** A connection of its own, for bytes that nobody looks into. The result ends the attempt. */
  connect(callbacks: ConnectCallbacks): () => void {
    this.usedAt = Date.now();
    const destination = { address: this.address, connectTimeoutMs: this.settings.connectTimeoutMs };
    return this.dialler.connect(destination, [], callbacks);
  }

  sweep(now: number): void {
    for (const pool of this.#all()) pool.sweep(now);
    for (const pool of this.#retired) if (pool.empty) this.#retired.delete(pool);
  }

  close(): void {
    for (const pool of this.#all()) pool.close();
  }

  #all(): StreamPool[] {
    return [...this.#pools.values(), ...this.#retired];
  }

  #pool(protocol: Protocol): StreamPool {
    let pool = this.#pools.get(protocol);
    if (pool === undefined) {
      pool = new (protocol === 'http2' ? Http2Pool : Http1Pool)(this.#poolOptions());
      this.#pools.set(protocol, pool);
    }
    return pool;
  }

  #poolOptions(): PoolOptions {
    const { connectTimeoutMs, tls, ...limits } = this.settings;
    const destination: Destination = {
      address: this.address,
      connectTimeoutMs,
      ...(tls !== undefined && { tls }),
    };
    return {
      ...limits,
      dial: (alpn, callbacks) => this.dialler.connect(destination, alpn, callbacks),
      resources: this.resources,
    };
  }
}
