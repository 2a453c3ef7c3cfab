import type { LoadBalancing } from '@grayscale/traffic-rules';
import { HashRing } from './hash-ring.js';
import type { Host } from './host.js';

/** What a choice may depend on. */
export interface Choice {
  /** In [0, 1), as often as wanted. */
  random: () => number;
  /** The value of the cluster's consistent hash for this request; undefined: the request has none. */
  hashKey: string | undefined;
  /** Hosts already tried; avoided while others are left. */
  tried: ReadonlySet<Host>;
}

/** Envoy looks again this often for a host that has not been tried (`host_selection_retry_max_attempts`). */
const reselections = 5;

/** Chooses among the hosts of one cluster. What it remembers outlives the hosts and the rules that it was told of. */
export class LoadBalancer {
  #policy: LoadBalancing = 'LEAST_REQUEST';
  #hosts: readonly Host[] = [];
  #ring: HashRing<Host> | undefined;
  /** Whose turn it is; undefined: not drawn yet. */
  #turn: number | undefined;

  /** From now on among these, by this policy. */
  update(policy: LoadBalancing, hosts: readonly Host[]): void {
    this.#policy = policy;
    this.#hosts = hosts;
    this.#ring = undefined;
  }

  /** Undefined: there is none. */
  choose(choice: Choice): Host | undefined {
    let host = this.#pick(choice);
    for (let i = 0; i < reselections && host !== undefined && choice.tried.has(host); i++) {
      host = this.#pick(choice);
    }
    return host;
  }

  #pick(choice: Choice): Host | undefined {
    const hosts = this.#hosts;
    if (hosts.length < 2) return hosts[0];
    if (typeof this.#policy === 'object') return this.#byHash(choice);
    if (this.#policy === 'ROUND_ROBIN') return this.#byTurn(choice);
    if (this.#policy === 'RANDOM') return byWeight(hosts, choice.random());
    return leastBusy(hosts, choice);
  }

  /** Every host as often in a round as its weight says. */
  #byTurn({ random }: Choice): Host | undefined {
    const total = totalWeight(this.#hosts);
    this.#turn ??= Math.floor(random() * total);
    return at(this.#hosts, this.#turn++ % total);
  }

  #byHash({ hashKey, random }: Choice): Host | undefined {
    if (hashKey === undefined) return byWeight(this.#hosts, random());
    this.#ring ??= new HashRing(this.#hosts);
    return this.#ring.find(hashKey);
  }
}

/** Envoy's LEAST_REQUEST: the less busy one of two drawn by weight. */
function leastBusy(hosts: readonly Host[], { random }: Choice): Host | undefined {
  const first = byWeight(hosts, random());
  const second = byWeight(hosts, random());
  if (first === undefined || second === undefined) return first;
  return second.active < first.active ? second : first;
}

function byWeight(hosts: readonly Host[], draw: number): Host | undefined {
  return at(hosts, draw * totalWeight(hosts));
}

function at(hosts: readonly Host[], position: number): Host | undefined {
  let left = position;
  for (const host of hosts) {
    left -= host.weight;
    if (left < 0) return host;
  }
  return hosts.at(-1);
}

function totalWeight(hosts: readonly Host[]): number {
  let total = 0;
  for (const host of hosts) total += host.weight;
  return total;
}
