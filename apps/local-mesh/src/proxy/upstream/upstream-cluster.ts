import type { Cluster } from '@grayscale/traffic-rules';
import { type Address, addressText } from '../address.js';
import type { Dialler } from './dialler.js';
import { type ConnectionSettings, Host } from './host.js';
import { type Choice, LoadBalancer } from './load-balancer.js';
import { Resources } from './resources.js';

/** Envoy's default for where the client was going; Istio leaves it so. */
const defaultConnectTimeoutMs = 10_000;
/** How long a connection may be idle where no rule says so. */
const defaultIdleTimeoutMs = 60_000;
/** A host that no rule names any more, and nobody uses, is forgotten after this. */
const forgetAfterMs = 600_000;

const passThroughSettings: ConnectionSettings = {
  connectTimeoutMs: defaultConnectTimeoutMs,
  idleTimeoutMs: defaultIdleTimeoutMs,
  maxRequestsPerConnection: 0,
  maxConcurrentStreams: 0,
};

/**
 * A group of servers that is load-balanced as one. It lives on when rules are read anew: turns go on, connections stay open, and what
 * is known of a server is kept.
 */
export class UpstreamCluster {
  readonly resources = new Resources();
  readonly #hosts = new Map<string, Host>();
  readonly #balancer = new LoadBalancer();
  /** As the rules in force have it; undefined: where clients were going. */
  #cluster: Cluster | undefined;
  #settings = passThroughSettings;
  #listed = new Set<Host>();
  #usedAt = Date.now();

  constructor(private readonly dialler: Dialler) {}

  /** Whether nobody has asked for it for long, and nothing of it is left. */
  isForgettable(now: number): boolean {
    return this.#hosts.size === 0 && now - this.#usedAt > forgetAfterMs;
  }

  /** Takes what the rules in force say of it. */
  update(cluster: Cluster): void {
    this.#usedAt = Date.now();
    if (cluster === this.#cluster) return;
    this.#cluster = cluster;
    this.#settings = settingsOf(cluster);
    for (const host of this.#hosts.values()) host.configure(this.#settings);
    const listed = cluster.endpoints.map(({ address, port, weight, healthy }) => {
      const host = this.hostAt({ host: address, port });
      host.weight = weight;
      return { host, healthy };
    });
    this.#listed = new Set(listed.map(({ host }) => host));
    const healthy = listed.filter((endpoint) => endpoint.healthy).map(({ host }) => host);
    this.#balancer.update(cluster.loadBalancing, healthy);
  }

  /** One of the healthy endpoints; undefined: there is none. */
  choose(choice: Choice): Host | undefined {
    return this.#balancer.choose(choice);
  }

  /** The server at an address, listed or not. */
  hostAt(address: Address): Host {
    const key = addressText(address);
    let host = this.#hosts.get(key);
    if (host === undefined) {
      host = new Host(address, this.#settings, this.dialler, this.resources);
      this.#hosts.set(key, host);
    }
    return host;
  }

  /** Closes what has been idle for long, and forgets hosts; called now and then. */
  sweep(now = Date.now()): void {
    const isCurrent = now - this.#usedAt <= forgetAfterMs;
    for (const [key, host] of this.#hosts) {
      host.sweep(now);
      const isListed = isCurrent && this.#listed.has(host);
      if (!isListed && host.unused && now - host.usedAt > defaultIdleTimeoutMs) this.#hosts.delete(key);
    }
    if (!isCurrent) this.#cluster = undefined;
  }

  close(): void {
    for (const host of this.#hosts.values()) host.close();
  }
}

function settingsOf({ connectTimeoutMs, tls }: Cluster): ConnectionSettings {
  return { ...passThroughSettings, connectTimeoutMs, ...(tls !== undefined && { tls }) };
}

/** Whether its endpoints are listed; otherwise requests go where the client was going. */
export function hasEndpoints({ discovery, loadBalancing }: Cluster): boolean {
  return (discovery === 'static' || discovery === 'dns') && loadBalancing !== 'PASSTHROUGH';
}
