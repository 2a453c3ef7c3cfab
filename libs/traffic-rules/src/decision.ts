import type { Cluster, Endpoint } from './cluster.js';
import type { HeaderMutation } from './headers/header-mutation.js';
import type { Cors, Fault } from './model/action.js';
import type { Entry, ResourceReference, RulePlace } from './model/place.js';
import type { RetryPolicy } from './retry/retry-policy.js';

/** What is to be done with one request, and why. The proxy does it; `explain` prints it; the recorded cases check it. */
export type Decision =
  | Forward
  | ClusterNotFound
  | Redirect
  | DirectResponse
  | NoRoute
  | BadRequest
  | Connect
  | PassThrough
  | Blocked;

/** What is to be done with a connection that nobody looks into. */
export type ConnectionDecision = Connect | PassThrough | Blocked;

/** What is to be done with a connection that speaks HTTP; `by-request`: each of its requests gets a decision of its own. */
export type HttpConnectionDecision = ConnectionDecision | NoRoute | { kind: 'by-request' };

/** Join the client to an endpoint of the cluster and pass the bytes on, whatever they are: no rule for HTTP looks at them. */
export interface Connect extends Decided {
  kind: 'connect';
  cluster: Cluster;
}

/** What every decision has. */
interface Decided {
  because: Because;
  /** The hash of the table that decided, as `compile` was given it. */
  rules: string;
}

/** Send it to an endpoint of the cluster. */
export interface Forward extends Routed {
  kind: 'forward';
  cluster: Cluster;
  /** The one of its endpoints that the client dialled; absent: any. */
  endpoint?: Endpoint;
  /** Path and query to send, normalized and rewritten. */
  path: string;
  /** The Host to send. */
  authority: string;
  /** Set when the path was rewritten: what `x-envoy-original-path` says. */
  originalPath?: string;
  /** Set when the Host was rewritten: what `x-envoy-original-host` says. */
  originalHost?: string;
  /** For the request, after the proxy's own headers. */
  requestHeaders: readonly HeaderMutation[];
  /** 0: no limit. */
  timeoutMs: number;
  retry: RetryPolicy;
  mirrors: readonly Mirror[];
}

/** The destination names a host, port or subset that does not exist: an empty body (flag NC). */
export interface ClusterNotFound extends Routed {
  kind: 'cluster-not-found';
  /** 503 for a VirtualService, 500 for a route of the Gateway API. */
  status: 500 | 503;
  /** The name that was looked for. */
  clusterName: string;
}

/** The client is sent to another URL. */
export interface Redirect extends Routed {
  kind: 'redirect';
  status: 301 | 302 | 303 | 307 | 308;
  location: string;
}

/** The proxy answers itself, with the rule's status and body. */
export interface DirectResponse extends Routed {
  kind: 'direct-response';
  status: number;
  body: Uint8Array;
  /** Of 201 and 3xx: the URL that was asked for (Envoy writes it, recorded: `bug-delegate-and-tcp`). */
  location?: string;
}

/** The host has rules, none of which matches: 404 with an empty body (flag NR). */
export interface NoRoute extends Decided {
  kind: 'no-route';
}

/** The listener refuses the request before any rule: 400 with this body (text/plain when not empty). */
export interface BadRequest extends Decided {
  kind: 'bad-request';
  body: '' | 'Bad Request';
}

/** Nobody's host: it leaves for where the client was going, untouched by any rule. */
export interface PassThrough extends Decided {
  kind: 'pass-through';
  /** `http`: through the HTTP listener of the port, which adds its headers. `tcp`: no HTTP listener there, the bytes pass as they are. */
  through: 'http' | 'tcp';
  /** The path to send; normalized when `through` is `http`. */
  path: string;
}

/** Nobody's host under `REGISTRY_ONLY`: 502 with an empty body where the port has a listener, else the connection is closed. */
export interface Blocked extends Decided {
  kind: 'blocked';
  through: 'http' | 'tcp';
}

/** What every request that a route took has; the fault comes first, then CORS, then the action (Envoy's filter order). */
interface Routed extends Decided {
  fault?: Fault;
  /** Of requests that go on to a cluster alone. */
  cors?: Cors;
  /** For every answer of this route, local replies to it included. */
  responseHeaders: readonly HeaderMutation[];
}

/** Which rule decided. */
export interface Because {
  reason: /** A rule of a VirtualService. */
    | 'rule'
    /** A service of the registry for which no VirtualService has rules. */
    | 'default-route'
    /** The host's VirtualService has no rule for this request. */
    | 'no-rule-matches'
    /** The host is in no registry and no VirtualService. */
    | 'unknown-host'
    /** No service has an HTTP port of this number, so there is no HTTP listener. */
    | 'no-listener'
    /** The port belongs to a service, and is not one of HTTP. */
    | 'tcp-port'
    /** The request target cannot be normalized, or carries a fragment. */
    | 'malformed-target'
    /** No server of the gateway listens on the port, or for the name that TLS asks for. */
    | 'no-server'
    /** A server of the gateway sends all of its requests on to HTTPS. */
    | 'https-redirect';
  /** The resource that has the host. */
  resource?: ResourceReference;
  rule?: RulePlace;
  /** Absent for a rule that takes every request. */
  match?: Entry;
  destination?: { index: number; host: string; port: number; subset: string; share: number };
}

/** A copy of the request, whose answer is thrown away. */
export interface Mirror {
  /** Undefined when the destination does not exist: such a copy goes nowhere, harmlessly. */
  cluster: Cluster | undefined;
  /** 0-100. */
  percentage: number;
}

/**
 * Envoy's name for the route, as `%ROUTE_NAME%` has it: the rule's, and the match's behind a dot (Istio, route.go translateRoute);
 * a nameless rule of a route of the Gateway API has its place (conversion.go convertHTTPRoute).
 */
export function routeName({ reason, resource, rule, match }: Because): string {
  if (reason === 'default-route') return 'default';
  if (resource === undefined || rule === undefined) return '';
  const { kind, namespace, name } = resource;
  if (kind !== 'VirtualService') return rule.name ?? `${namespace}.${name}.${rule.index}`;
  return `${rule.name ?? ''}${match?.name === undefined ? '' : `.${match.name}`}`;
}
