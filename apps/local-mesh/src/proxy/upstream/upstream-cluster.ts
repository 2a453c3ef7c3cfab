import type { Cluster } from '@grayscale/traffic-rules';
import { type Address, addressText } from '../address.js';
import type { Dialler } from './dialler.js';
import { type ConnectionSettings, Host, type HostOwner } from './host.js';
import { type Choice, LoadBalancer } from './load-balancer.js';
import { OutlierDetector, type TryResult } from './outlier-detector.js';
import { Resources } from './resources.js';

/** Envoy's default for where the client was going; Istio leaves it so. */
const defaultConnectTimeoutMs = 10_000;
/** How long a connection may be idle where no rule says so. */
const defaultIdleTimeoutMs = 60_000;
/** A host that no rule names any more, and nobody uses, is forgotten after this. */
const forgetAfterMs = 600_000;

/** Envoy's `update_merge_window`. */
const mergeWindowMs = 1000;

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
export class UpstreamCluster implements HostOwner {
  readonly resources = new Resources();
  readonly #hosts = new Map<string, Host>();
  readonly #balancer = new LoadBalancer();
  /** As the rules in force have it; undefined: where clients were going. */
  #cluster: Cluster | undefined;
  #settings = passThroughSettings;
  #listed = new Set<Host>();
  /** Those of the listed ones that are ready. */
  #ready: readonly Host[] = [];
  #detector: OutlierDetector | undefined;
  /** When the balancer was last told who is out, and when it will be next; milliseconds since 1970. */
  #toldAt = 0;
  #toTellAt: number | undefined;
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
    this.#ready = listed.filter((endpoint) => endpoint.healthy).map(({ host }) => host);
    this.#limit(cluster);
    this.#tellBalancer();
  }

  /** One of the healthy endpoints; undefined: there is none. */
  choose(choice: Choice): Host | undefined {
    if (this.#detector !== undefined) this.#lookAfter(this.#detector, Date.now());
    return this.#balancer.choose(choice);
  }

  /** The server at an address, listed or not. */
  hostAt(address: Address): Host {
    const key = addressText(address);
    let host = this.#hosts.get(key);
    if (host === undefined) {
      host = new Host(address, this.#settings, this.dialler, this);
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

  onResult(host: Host, result: TryResult): void {
    if (this.#detector === undefined || !this.#listed.has(host)) return;
    const now = Date.now();
    if (this.#detector.onResult(host.health, result, this.#healths(), now)) this.#tellSoon(now);
  }

  close(): void {
    for (const host of this.#hosts.values()) host.close();
  }

  #limit({ limits = {}, outlierDetection }: Cluster): void {
    this.resources.limits = {
      ...(limits.maxConnections !== undefined && { connections: limits.maxConnections }),
      ...(limits.maxPendingRequests !== undefined && { pendingRequests: limits.maxPendingRequests }),
      ...(limits.maxRequests !== undefined && { requests: limits.maxRequests }),
      ...(limits.maxRetries !== undefined && { retries: limits.maxRetries }),
    };
    const isSame = JSON.stringify(outlierDetection) === JSON.stringify(this.#detector?.settings);
    if (!isSame) this.#detector = outlierDetection && new OutlierDetector(outlierDetection);
  }

  #healths() {
    return [...this.#listed].map(({ health }) => health);
  }

  #lookAfter(detector: OutlierDetector, now: number): void {
    if (detector.check(this.#healths(), now)) this.#tellSoon(now);
    if (this.#toTellAt !== undefined && now >= this.#toTellAt) this.#tellNow(now);
  }

  /** The first change acts at once, those within a second of it together after one more (Envoy's `update_merge_window`; recorded: `http-outlier`). */
  #tellSoon(now: number): void {
    if (now - this.#toldAt > mergeWindowMs) this.#tellNow(now);
    else this.#toTellAt ??= now + mergeWindowMs;
  }

  #tellNow(now: number): void {
    this.#toldAt = now;
    this.#tellBalancer();
  }

  #tellBalancer(): void {
    this.#toTellAt = undefined;
    const isOut = ({ health }: Host): boolean =>
      this.#detector !== undefined && health.ejectedAt !== undefined;
    const left = this.#ready.filter((host) => !isOut(host));
    const percent = (100 * left.length) / Math.max(1, this.#listed.size);
    const isPanic = percent < (this.#detector?.settings.minHealthPercent ?? 0);
    this.#balancer.update(this.#cluster?.loadBalancing ?? 'LEAST_REQUEST', isPanic ? this.#ready : left);
  }
}

function settingsOf({ connectTimeoutMs, tls, limits = {} }: Cluster): ConnectionSettings {
  return {
    connectTimeoutMs,
    idleTimeoutMs: limits.idleTimeoutMs ?? defaultIdleTimeoutMs,
    maxRequestsPerConnection: limits.maxRequestsPerConnection ?? 0,
    maxConcurrentStreams: limits.maxConcurrentStreams ?? 0,
    ...(tls !== undefined && { tls }),
  };
}

/** Whether its endpoints are listed; otherwise requests go where the client was going. */
export function hasEndpoints({ discovery, loadBalancing }: Cluster): boolean {
  return (discovery === 'static' || discovery === 'dns') && loadBalancing !== 'PASSTHROUGH';
}
