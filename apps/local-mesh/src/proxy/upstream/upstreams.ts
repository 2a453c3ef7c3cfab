import type { Cluster } from '@grayscale/traffic-rules';
import type { Dialler } from './dialler.js';
import { UpstreamCluster } from './upstream-cluster.js';

/** Istio's name for where clients were going. */
export const passThroughCluster = 'PassthroughCluster';

/** All clusters that requests are sent to, whatever rules are in force; they go by their names. */
export class Upstreams {
  readonly #clusters = new Map<string, UpstreamCluster>();

  constructor(private readonly dialler: Dialler) {}

  /** The one that a decision names, as the rules that decided have it. */
  of(cluster: Cluster): UpstreamCluster {
    const upstream = this.#named(cluster.name);
    upstream.update(cluster);
    return upstream;
  }

  /** Where clients were going, for what no rule names. */
  get passThrough(): UpstreamCluster {
    return this.#named(passThroughCluster);
  }

  /** Closes what has been idle for long; called now and then. */
  sweep(now = Date.now()): void {
    for (const [name, cluster] of this.#clusters) {
      cluster.sweep(now);
      if (cluster.isForgettable(now)) this.#clusters.delete(name);
    }
  }

  close(): void {
    for (const cluster of this.#clusters.values()) cluster.close();
  }

  #named(name: string): UpstreamCluster {
    let cluster = this.#clusters.get(name);
    if (cluster === undefined) {
      cluster = new UpstreamCluster(this.dialler);
      this.#clusters.set(name, cluster);
    }
    return cluster;
  }
}
