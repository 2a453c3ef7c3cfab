import type { LabelSelector } from './label-selector.js';
import type { ResourceBase } from './metadata.js';

/** Group of the Gateway API's own kinds. */
export const gatewayApiGroup = 'gateway.networking.k8s.io';

/** gateway.networking.k8s.io HTTPRoute (v1, v1beta1: one schema). Defaults of the API server are filled in. All durations are milliseconds. */
export interface HttpRoute extends ResourceBase {
  kind: 'HTTPRoute';
  spec: RouteSpec<HttpRouteMatch>;
}

/** gateway.networking.k8s.io GRPCRoute. It has no redirects, rewrites, timeouts and retries. */
export interface GrpcRoute extends ResourceBase {
  kind: 'GRPCRoute';
  spec: RouteSpec<GrpcRouteMatch>;
}

/** gateway.networking.k8s.io TLSRoute (v1; v1alpha2 and v1alpha3 are the same): connections by the name that their TLS asks for. */
export interface TlsRoute extends ResourceBase {
  kind: 'TLSRoute';
  spec: {
    parentRefs: ParentReference[];
    /** The API server asks for one at least. */
    hostnames: string[];
    rules: ConnectionRouteRule[];
  };
}

/** gateway.networking.k8s.io TCPRoute (v1; v1alpha2 is the same): every connection of a port. */
export interface TcpRoute extends ResourceBase {
  kind: 'TCPRoute';
  spec: {
    parentRefs: ParentReference[];
    rules: ConnectionRouteRule[];
  };
}

/** Nothing but where connections go. */
export interface ConnectionRouteRule {
  name?: string;
  backendRefs: WeightedReference[];
}

export interface RouteSpec<Match> {
  parentRefs: ParentReference[];
  /** Empty: all. They count for gateways only. */
  hostnames: string[];
  rules: RouteRule<Match>[];
}

/** What a route is attached to. */
export interface ParentReference {
  group: string;
  kind: string;
  /** Absent: the route's own. */
  namespace?: string;
  name: string;
  sectionName?: string;
  port?: number;
}

export interface RouteRule<Match> {
  name?: string;
  /** Empty: every request. */
  matches: Match[];
  filters: RouteFilter[];
  backendRefs: BackendReference[];
  timeouts?: { request?: number; backendRequest?: number };
  retry?: { codes: number[]; attempts?: number; backoff?: number };
}

export interface HttpRouteMatch {
  path: { type: 'Exact' | 'PathPrefix' | 'RegularExpression'; value: string };
  headers: NamedMatch[];
  queryParams: NamedMatch[];
  method?: string;
}

export interface GrpcRouteMatch {
  method?: { type: 'Exact' | 'RegularExpression'; service?: string; method?: string };
  headers: NamedMatch[];
}

export interface NamedMatch {
  type: 'Exact' | 'RegularExpression';
  name: string;
  value: string;
}

export interface ObjectReference {
  group: string;
  kind: string;
  name: string;
  namespace?: string;
  port?: number;
}

export interface WeightedReference extends ObjectReference {
  /** 1 unless written. */
  weight: number;
}

export interface BackendReference extends WeightedReference {
  filters: RouteFilter[];
}

/** The one of the fields that has the name of its type is set. */
export interface RouteFilter {
  type: string;
  requestHeaderModifier?: HeaderModifier;
  responseHeaderModifier?: HeaderModifier;
  requestRedirect?: RequestRedirect;
  requestMirror?: RequestMirror;
  urlRewrite?: UrlRewrite;
  cors?: CorsFilter;
}

export interface HeaderModifier {
  set: HeaderValue[];
  add: HeaderValue[];
  remove: string[];
}

export interface HeaderValue {
  name: string;
  value: string;
}

export interface PathModifier {
  type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
  replaceFullPath?: string;
  replacePrefixMatch?: string;
}

export interface RequestRedirect {
  scheme?: string;
  hostname?: string;
  path?: PathModifier;
  port?: number;
  /** 302 unless written. */
  statusCode: number;
}

export interface RequestMirror {
  backendRef: ObjectReference;
  /** 0-100. */
  percent?: number;
  fraction?: { numerator: number; denominator: number };
}

export interface UrlRewrite {
  hostname?: string;
  path?: PathModifier;
}

export interface CorsFilter {
  allowOrigins: string[];
  allowCredentials: boolean;
  allowMethods: string[];
  allowHeaders: string[];
  exposeHeaders: string[];
  /** Seconds; 5 unless written. */
  maxAge: number;
}

/** gateway.networking.k8s.io Gateway. */
export interface KubernetesGateway extends ResourceBase {
  kind: 'Gateway';
  group: 'gateway.networking.k8s.io';
  spec: {
    gatewayClassName: string;
    listeners: GatewayListenerSpec[];
    /** Whose ListenerSets add listeners; nobody's unless it says so. */
    allowedListeners: { from: AllowedNamespaces; selector?: LabelSelector };
    /** Host names of Services that lead to its workloads; none: a deployment of its own. */
    addresses: Array<{ type: string; value: string }>;
    /** What is asked of the clients of listeners that end TLS: on every port, and on some instead of it. */
    frontend: {
      validation?: FrontendValidation;
      perPort: Array<{ port: number; validation?: FrontendValidation }>;
    };
  };
}

export interface GatewayListenerSpec {
  name: string;
  /** Absent: every host. */
  hostname?: string;
  port: number;
  protocol: string;
  tls?: {
    mode: 'Terminate' | 'Passthrough';
    certificateRefs: CertificateReference[];
    /** Options of implementations, by their names. */
    options: Readonly<Record<string, string>>;
  };
  allowedRoutes: {
    from: AllowedNamespaces;
    selector?: LabelSelector;
    /** Empty: those of the protocol. */
    kinds: Array<{ group: string; kind: string }>;
  };
}

export type AllowedNamespaces = 'All' | 'Same' | 'Selector' | 'None';

/** gateway.networking.k8s.io ListenerSet: more listeners of a Gateway. */
export interface ListenerSet extends ResourceBase {
  kind: 'ListenerSet';
  spec: {
    parentRef: Pick<ParentReference, 'group' | 'kind' | 'name' | 'namespace'>;
    listeners: GatewayListenerSpec[];
  };
}

/** A Secret or a ConfigMap; without a namespace, of the Gateway's own. */
export type CertificateReference = Pick<ObjectReference, 'group' | 'kind' | 'name' | 'namespace'>;

export interface FrontendValidation {
  /** Whose certificates are taken. */
  caCertificateRefs: CertificateReference[];
  /** Whether clients without a valid one are let in. */
  mode: 'AllowValidOnly' | 'AllowInsecureFallback';
}

/** gateway.networking.k8s.io ReferenceGrant: routes of other namespaces may name objects of this one. */
export interface ReferenceGrant extends ResourceBase {
  kind: 'ReferenceGrant';
  spec: {
    from: Array<{ group: string; kind: string; namespace: string }>;
    /** Without a name all objects of the kind. */
    to: Array<{ group: string; kind: string; name?: string }>;
  };
}
