import type { Cluster, Endpoint } from '@grayscale/traffic-rules';
import { HashRing } from './hash-ring.js';

/** What a choice may depend on. */
export interface ChoiceContext {
  /** In [0, 1), as often as wanted. */
  random: () => number;
  /** Requests under way to an endpoint. */
  active: (endpoint: Endpoint) => number;
  /** The value of the cluster's consistent hash for this request; undefined: the request has none. */
  hashKey: string | undefined;
  /** Endpoints already tried; avoided while others are left. */
  tried: ReadonlySet<Endpoint>;
}

/** Envoy looks again this often for an endpoint that has not been tried (`host_selection_retry_max_attempts`). */
const reselections = 5;

interface Rotation {
  /** As the rules in force have it. */
  cluster: Cluster;
  endpoints: readonly Endpoint[];
  next: number;
  ring?: HashRing;
  /** Milliseconds since 1970. */
  usedAt: number;
}

/** A cluster that nobody has asked for so long is forgotten. */
const forgetAfterMs = 600_000;

/**
 * Chooses endpoints. What it remembers of a cluster goes by the cluster's name, so that a turn goes on when the rules are read anew.
 */
export class LoadBalancer {
  readonly #rotations = new Map<string, Rotation>();

  /** Undefined: no healthy endpoint. */
  choose(cluster: Cluster, context: ChoiceContext): Endpoint | undefined {
    const rotation = this.#rotation(cluster, context.random);
    let endpoint = pick(cluster, rotation, context);
    for (let i = 0; i < reselections && endpoint !== undefined && context.tried.has(endpoint); i++) {
      endpoint = pick(cluster, rotation, context);
    }
    return endpoint;
  }

  /** Forgets clusters that are out of use; called now and then. */
  sweep(now = Date.now()): void {
    const oldest = now - forgetAfterMs;
    for (const [name, { usedAt }] of this.#rotations) if (usedAt < oldest) this.#rotations.delete(name);
  }

  #rotation(cluster: Cluster, random: () => number): Rotation {
    const usedAt = Date.now();
    const known = this.#rotations.get(cluster.name);
    if (known?.cluster === cluster) {
      known.usedAt = usedAt;
      return known;
    }
    const endpoints = cluster.endpoints.filter((endpoint) => endpoint.healthy);
    const next = known?.next ?? Math.floor(random() * totalWeight(endpoints));
    const rotation = { cluster, endpoints, next, usedAt };
    this.#rotations.set(cluster.name, rotation);
    return rotation;
  }
}

function pick(cluster: Cluster, rotation: Rotation, context: ChoiceContext): Endpoint | undefined {
  const { endpoints } = rotation;
  if (endpoints.length < 2) return endpoints[0];
  const { loadBalancing } = cluster;
  if (typeof loadBalancing === 'object') return byHash(rotation, context);
  if (loadBalancing === 'ROUND_ROBIN') return byTurn(rotation);
  if (loadBalancing === 'RANDOM') return byWeight(endpoints, context.random());
  return leastBusy(endpoints, context);
}

/** Envoy's LEAST_REQUEST: the less busy one of two drawn by weight. */
function leastBusy(endpoints: readonly Endpoint[], { random, active }: ChoiceContext): Endpoint | undefined {
  const first = byWeight(endpoints, random());
  const second = byWeight(endpoints, random());
  if (first === undefined || second === undefined) return first;
  return active(second) < active(first) ? second : first;
}

/** Every endpoint as often in a round as its weight says. */
function byTurn(rotation: Rotation): Endpoint | undefined {
  const { endpoints } = rotation;
  const turn = rotation.next++ % totalWeight(endpoints);
  return at(endpoints, turn);
}

function byWeight(endpoints: readonly Endpoint[], draw: number): Endpoint | undefined {
  return at(endpoints, draw * totalWeight(endpoints));
}

function byHash(rotation: Rotation, { hashKey, random }: ChoiceContext): Endpoint | undefined {
  if (hashKey === undefined) return byWeight(rotation.endpoints, random());
  rotation.ring ??= new HashRing(rotation.endpoints);
  return rotation.ring.find(hashKey);
}

function at(endpoints: readonly Endpoint[], position: number): Endpoint | undefined {
  let left = position;
  for (const endpoint of endpoints) {
    left -= endpoint.weight;
    if (left < 0) return endpoint;
  }
  return endpoints.at(-1);
}

function totalWeight(endpoints: readonly Endpoint[]): number {
  let total = 0;
  for (const endpoint of endpoints) total += endpoint.weight;
  return total;
}
