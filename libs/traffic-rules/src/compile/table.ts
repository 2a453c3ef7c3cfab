import type { Cluster } from '../cluster.js';
import type { Because, Mirror, Redirect } from '../decision.js';
import type { HeaderMutation } from '../headers/header-mutation.js';
import type { HostMap } from '../host-map.js';
import type { MatchBlock } from '../match/match-block.js';
import type { RepeatedHeaders, RequestView } from '../match/request-view.js';
import type { Matcher } from '../match/route-index.js';
import type { Cors, Fault } from '../model/action.js';
import type { Mesh } from '../model/mesh.js';
import type { HostRules, Rule } from '../model/rule.js';
import type { Resource } from '../resources/resource.js';
import type { RetryPolicy } from '../retry/retry-policy.js';
import type { Workload } from '../workload.js';
import type { ReachedListener } from './gateway-chains.js';
import type { SharedName } from './listener-names.js';
import type { TcpListeners } from './tcp-listeners.js';

let contentsOf: (table: RouteTable) => TableContents;

export { contentsOf };

/** What `compile` makes of resources and `route` asks. Opaque: the functions of this package that take it say what it knows. */
export class RouteTable {
  readonly #contents: TableContents;

  constructor(contents: TableContents) {
    this.#contents = contents;
  }

  static {
    contentsOf = (table) => table.#contents;
  }
}

/** What a table holds, for the engine alone. */
export interface TableContents {
  readonly workload: Workload;
  /** All that it was made of. */
  readonly resources: readonly Resource[];
  /** What stands in namespaces that Istio does not look at. */
  readonly undiscovered: readonly Resource[];
  /** By Envoy's names: `outbound|8080||hello.hello-1.svc.cluster.local`. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** What it was compiled from. */
  readonly mesh: Mesh;
  readonly ports: ReadonlyMap<number, PortTable>;
  readonly tcp: TcpListeners;
  /** None at a sidecar. */
  readonly gatewayListeners: readonly ReachedListener[];
  /** Names because of which Envoy refuses listeners of a gateway. */
  readonly refusedFor: readonly SharedName[];
  readonly repeatedHeaders: RepeatedHeaders;
  /** Of the resources and the workload; every decision carries it. */
  readonly hash: string;
}

/** The virtual hosts that a workload finds on one port. */
export interface PortTable {
  readonly port: number;
  /** Whether every host finds a listener here (`0.0.0.0:port`), or only {@link VirtualHost.dedicated} ones. */
  readonly shared: boolean;
  readonly hosts: HostMap<VirtualHost>;
  /** Of a gateway's port that takes TLS: what the name leads to that a client asks for. {@link hosts} are those of plain text. */
  readonly byServerName?: HostMap<PortTable>;
}

export interface VirtualHost {
  readonly name: string;
  readonly routes: Matcher<Route>;
  /** A service whose sniffed port has a listener on its own address. */
  readonly dedicated: boolean;
  /** Whose rules it has, at a gateway those of several put together; undefined where no resource has rules. */
  readonly owner?: HostRules;
  /** What {@link owner} was put together from. */
  readonly sources?: readonly HostRules[];
  /** Through which of a gateway's resources its requests come; absent at a sidecar. */
  readonly gateway?: string;
  /** What the rules of a gateway call its port, where clients may dial another; absent at a sidecar. */
  readonly port?: number;
}

/** A rule on one port, or the way to a service that has no rules. */
export interface Route {
  readonly rule?: Rule;
  readonly block: MatchBlock;
  /** Without the destination, which is drawn. */
  readonly because: Because;
  readonly fault?: Fault;
  readonly cors?: Cors;
  readonly action: CompiledAction;
}

export type CompiledAction = CompiledForward | CompiledRedirect | CompiledDirectResponse;

export interface CompiledForward {
  readonly kind: 'forward';
  /** In the order of the rule; those of weight 0 are left out. */
  readonly targets: readonly Target[];
  /** The status for a target that does not exist. */
  readonly missing: 500 | 503;
  readonly rewritePath?: (target: string) => string;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly mirrors: readonly Mirror[];
}

/** One destination of a rule. */
export interface Target {
  /** Draws below it, and not below the one before, fall on this target. */
  readonly upperBound: number;
  readonly weight: number;
  readonly because: Because;
  readonly clusterName: string;
  readonly cluster: Cluster | undefined;
  /** The Host to send, when it is rewritten. */
  readonly authority?: string;
  /** The Host that stands there before it is rewritten, when that is not the request's. */
  readonly authorityBefore?: string;
  readonly requestHeaders: readonly HeaderMutation[];
  readonly responseHeaders: readonly HeaderMutation[];
}

export interface CompiledRedirect {
  readonly kind: 'redirect';
  readonly status: Redirect['status'];
  readonly location: (view: RequestView) => string;
  readonly responseHeaders: readonly HeaderMutation[];
}

export interface CompiledDirectResponse {
  readonly kind: 'direct-response';
  readonly status: number;
  readonly body: Uint8Array;
  readonly responseHeaders: readonly HeaderMutation[];
}
