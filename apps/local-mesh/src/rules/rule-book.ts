import type { Client, Decision, Explanation, RouteRequest } from '@grayscale/traffic-rules';
import { explain, route } from '@grayscale/traffic-rules';
import { isRefused, type RefusedSet, type RuleSet } from './rule-set.js';

/** What the rules were, when a set was put in force or refused. */
export type RuleChange = { inForce: RuleSet; refused: RefusedSet | undefined };

/** The rules in force. They change in one step, so every request is decided by one whole set. */
export class RuleBook {
  private refusedSet: RefusedSet | undefined;
  private readonly listeners = new Set<(change: RuleChange) => void>();

  constructor(
    readonly client: Client,
    private set: RuleSet,
  ) {}

  /** The last good set. */
  get inForce(): RuleSet {
    return this.set;
  }

  /** The newest set, while it is one that was refused. */
  get refused(): RefusedSet | undefined {
    return this.refusedSet;
  }

  /** Puts a set in force, or keeps the last good one when it was refused. */
  replace(next: RuleSet | RefusedSet): void {
    if (isRefused(next)) this.refusedSet = next;
    else {
      this.set = next;
      this.refusedSet = undefined;
    }
    for (const listener of this.listeners) listener({ inForce: this.set, refused: this.refusedSet });
  }

  onChange(listener: (change: RuleChange) => void): void {
    this.listeners.add(listener);
  }

  route(request: RouteRequest, draw: number): Decision {
    return route(this.set.table, request, draw);
  }

  /** Whether a service makes Istio listen for HTTP on a port. */
  hasListener(port: number): boolean {
    return this.set.table.ports.has(port);
  }

  explain(request: RouteRequest): Explanation {
    return explain(this.set.table, request);
  }
}
