import type { ManifestIssue } from '@grayscale/manifest-files';
import type {
  Client,
  Connection,
  ConnectionDecision,
  Decision,
  Explanation,
  HttpConnectionDecision,
  Inspection,
  RouteRequest,
} from '@grayscale/traffic-rules';
import {
  clustersOf,
  explain,
  inspection,
  knowsHost,
  route,
  routeConnection,
  routeHttpConnection,
} from '@grayscale/traffic-rules';
import { isRefused, type RefusedSet, type RuleSet } from './rule-set.js';

/** What the rules were, when a set was put in force or refused, or when more was found about the one in force. */
export interface RuleChange {
  inForce: RuleSet;
  refused: RefusedSet | undefined;
  isReload: boolean;
}

/** The rules in force. They change in one step, so every request is decided by one whole set. */
export class RuleBook {
  private refusedSet: RefusedSet | undefined;
  private portsNamed: ReadonlySet<number>;
  private readonly listeners = new Set<(change: RuleChange) => void>();

  constructor(
    readonly client: Client,
    private set: RuleSet,
  ) {
    this.portsNamed = portsNamedBy(set);
  }

  /** The client as the rules in force have it. */
  get workload(): RuleSet['workload'] {
    return this.set.workload;
  }

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
      this.portsNamed = portsNamedBy(next);
      this.refusedSet = undefined;
    }
    this.tell(true);
  }

  /** Adds issues to those of the set in force. */
  found(issues: readonly ManifestIssue[]): void {
    this.set = { ...this.set, issues: [...this.set.issues, ...issues] };
    this.tell(false);
  }

  private tell(isReload: boolean): void {
    const change = { inForce: this.set, refused: this.refusedSet, isReload };
    for (const listener of this.listeners) listener(change);
  }

  onChange(listener: (change: RuleChange) => void): void {
    this.listeners.add(listener);
  }

  route(request: RouteRequest, draw: number): Decision {
    return route(this.set.table, request, draw);
  }

  /** What a sidecar looks at of a connection before it knows where that leads. */
  inspection(to: Connection): Inspection {
    return inspection(this.set.table, to);
  }

  /** Whether a service or a rule is there for a request with this Host on a port. */
  knowsHost(authority: string, port: number): boolean {
    return knowsHost(this.set.table, authority, port);
  }

  /** Whether the rules name a port at all, a service's or an endpoint's. */
  namesPort(port: number): boolean {
    return this.portsNamed.has(port);
  }

  routeConnection(connection: Connection, draw: number): ConnectionDecision {
    return routeConnection(this.set.table, connection, draw);
  }

  routeHttpConnection(to: Connection, draw: number): HttpConnectionDecision {
    return routeHttpConnection(this.set.table, to, draw);
  }

  explain(request: RouteRequest): Explanation {
    return explain(this.set.table, request);
  }
}

function portsNamedBy({ table }: RuleSet): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const { port, endpoints } of clustersOf(table)) {
    ports.add(port);
    for (const endpoint of endpoints) ports.add(endpoint.port);
  }
  return ports;
}
