import type { Cluster } from '../cluster.js';
import type { Because, Cors, Fault, HeaderMutation, Mirror, Redirect, RetryPolicy } from '../decision.js';
import type { MatchBlock } from '../match/match-block.js';
import type { RepeatedHeaders, RequestView } from '../match/request-view.js';
import type { Matcher } from '../match/route-index.js';
import type { Workload } from '../workload.js';
import type { HostMap } from './host-name.js';
import type { RegistryService } from './registry.js';
import type { PreparedVirtualService } from './virtual-service.js';

/** What `compile` makes of resources and `route` asks. Opaque, apart from the registry it shows. */
export interface RouteTable {
  readonly workload: Workload;
  /** By Envoy's names: `outbound|8080||hello.hello-1.svc.cluster.local`. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** By host: every service that the workload sees. */
  readonly services: ReadonlyMap<string, RegistryService>;
  /** Those that may decide for the workload, the first in order first. @internal */
  readonly virtualServices: readonly PreparedVirtualService[];
  /** @internal */
  readonly ports: ReadonlyMap<number, PortTable>;
  /** @internal */
  readonly repeatedHeaders: RepeatedHeaders;
}

/** The virtual hosts that a workload finds on one port. */
export interface PortTable {
  readonly port: number;
  /** Whether every host finds a listener here (`0.0.0.0:port`), or only {@link VirtualHost.dedicated} ones. */
  readonly shared: boolean;
  readonly hosts: HostMap<VirtualHost>;
}

export interface VirtualHost {
  readonly name: string;
  readonly routes: Matcher<Route>;
  /** A service whose sniffed port has a listener on its own address. */
  readonly dedicated: boolean;
  /** Undefined for a service that no VirtualService speaks of. */
  readonly virtualService?: PreparedVirtualService;
}

/** One match block of a rule, on one port. */
export interface Route {
  readonly block: MatchBlock;
  /** Without the destination, which is drawn. */
  readonly because: Because;
  readonly fault?: Fault;
  readonly cors?: Cors;
  readonly action: RouteAction;
}

export type RouteAction = ForwardAction | RedirectAction | DirectResponseAction;

export interface ForwardAction {
  readonly kind: 'forward';
  /** In the order of the rule; those of weight 0 are left out. */
  readonly targets: readonly Target[];
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
  readonly requestHeaders: readonly HeaderMutation[];
  readonly responseHeaders: readonly HeaderMutation[];
}

export interface RedirectAction {
  readonly kind: 'redirect';
  readonly status: Redirect['status'];
  readonly location: (view: RequestView) => string;
  readonly responseHeaders: readonly HeaderMutation[];
}

export interface DirectResponseAction {
  readonly kind: 'direct-response';
  readonly status: number;
  readonly body: Uint8Array;
  readonly responseHeaders: readonly HeaderMutation[];
}
