/** A cluster's circuit breakers, as a DestinationRule's `connectionPool` sets them; a missing one has no limit. */
export interface ResourceLimits {
  /** HTTP/1.1 and raw connections to all of its endpoints together. */
  connections?: number;
  /** Requests that wait for a connection. */
  pendingRequests?: number;
  requests?: number;
  /** Retries under way. */
  retries?: number;
}

type Resource = keyof ResourceLimits;

/** What a cluster uses of its limits. */
export class Resources {
  limits: ResourceLimits = {};
  readonly #used: Record<Resource, number> = { connections: 0, pendingRequests: 0, requests: 0, retries: 0 };

  hasRoom(resource: Resource): boolean {
    const limit = this.limits[resource];
    return limit === undefined || this.#used[resource] < limit;
  }

  take(resource: Resource): void {
    this.#used[resource]++;
  }

  giveBack(resource: Resource): void {
    this.#used[resource]--;
  }
}
