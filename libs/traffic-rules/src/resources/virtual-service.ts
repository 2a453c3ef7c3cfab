import type { ResourceBase } from './metadata.js';
import type { StringMatch } from './string-match.js';

/** networking.istio.io VirtualService (v1, v1beta1, v1alpha3: one schema). All durations are milliseconds. */
export interface VirtualService extends ResourceBase {
  kind: 'VirtualService';
  spec: VirtualServiceSpec;
}

export interface VirtualServiceSpec {
  /** As written; short names are resolved on compilation, by the namespace of the document. Empty: a delegate. */
  hosts: string[];
  gateways: string[];
  exportTo: string[];
  http: HttpRule[];
  tls: TlsRule[];
  tcp: TcpRule[];
}

/** What a tls and a tcp rule have in common; as little of them is kept as validation asks for. */
export interface Layer4Match {
  destinationSubnets: string[];
  port?: number;
  sourceLabels: Record<string, string>;
  sourceNamespace?: string;
  gateways: string[];
}

export interface Layer4Destination {
  destination: Destination;
  weight?: number;
}

export interface TlsMatch extends Layer4Match {
  sniHosts: string[];
}

export interface TcpMatch extends Layer4Match {
  sourceSubnet?: string;
}

export interface TlsRule {
  match: TlsMatch[];
  route: Layer4Destination[];
}

export interface TcpRule {
  match: TcpMatch[];
  route: Layer4Destination[];
}

export interface HttpRule {
  name?: string;
  match: HttpMatchRequest[];
  route: WeightedDestination[];
  redirect?: HttpRedirect;
  directResponse?: HttpDirectResponse;
  delegate?: Delegate;
  rewrite?: HttpRewrite;
  timeout?: number;
  retries?: HttpRetry;
  fault?: HttpFaultInjection;
  mirror?: Destination;
  /** 0-100. */
  mirrorPercentage?: number;
  /** The deprecated integer, also in {@link mirrorPercentage} where that is not written; kept for validation. */
  mirrorPercent?: number;
  mirrors: HttpMirrorPolicy[];
  corsPolicy?: CorsPolicy;
  headers?: Headers;
}

export interface HttpMatchRequest {
  name?: string;
  uri?: StringMatch;
  scheme?: StringMatch;
  method?: StringMatch;
  authority?: StringMatch;
  headers: Record<string, StringMatch>;
  withoutHeaders: Record<string, StringMatch>;
  queryParams: Record<string, StringMatch>;
  ignoreUriCase: boolean;
  port?: number;
  sourceLabels: Record<string, string>;
  sourceNamespace?: string;
  gateways: string[];
}

export interface Destination {
  host: string;
  subset?: string;
  port?: number;
}

export interface WeightedDestination {
  destination: Destination;
  /** Absent when not written: counts as 0 beside others, and does not matter alone. */
  weight?: number;
  headers?: Headers;
}

export interface HttpMirrorPolicy {
  destination: Destination;
  /** 0-100; absent means 100. */
  percentage?: number;
}

export interface Delegate {
  name: string;
  namespace?: string;
}

/** Entries keep the order of the document. */
export interface HeaderOperations {
  set: Record<string, string>;
  add: Record<string, string>;
  remove: string[];
}

export interface Headers {
  request?: HeaderOperations;
  response?: HeaderOperations;
}

export interface HttpRedirect {
  uri?: string;
  prefixRewrite?: string;
  authority?: string;
  port?: number;
  derivePort?: 'FROM_PROTOCOL_DEFAULT' | 'FROM_REQUEST_PORT';
  scheme?: string;
  redirectCode?: number;
}

export interface HttpDirectResponse {
  status: number;
  /** `bytes` is base64 in the document, decoded here. */
  body?: { kind: 'string'; value: string } | { kind: 'bytes'; value: Uint8Array };
}

export interface HttpRewrite {
  uri?: string;
  authority?: string;
  uriRegexRewrite?: { match: string; rewrite: string };
}

export interface HttpRetry {
  /** Retries after the first try; absent when not written. */
  attempts?: number;
  perTryTimeout?: number;
  retryOn?: string;
  retryRemoteLocalities?: boolean;
  retryIgnorePreviousHosts?: boolean;
  backoff?: number;
}

export interface HttpFaultInjection {
  /** `percentage` 0-100, absent means 0: the fault never fires (semantics: Istio's own default). `percent` is the old integer form. */
  delay?: { fixedDelay?: number; exponentialDelay?: number; percentage?: number; percent?: number };
  abort?: { httpStatus?: number; grpcStatus?: string; http2Error?: string; percentage?: number };
}

export interface CorsPolicy {
  allowOrigins: StringMatch[];
  allowMethods: string[];
  allowHeaders: string[];
  exposeHeaders: string[];
  maxAge?: number;
  allowCredentials?: boolean;
  unmatchedPreflights?: 'UNSPECIFIED' | 'FORWARD' | 'IGNORE';
}
