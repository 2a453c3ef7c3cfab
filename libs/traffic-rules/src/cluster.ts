import { isIP } from 'node:net';
/** One address that can answer. */
export interface Endpoint {
  /** IP address or DNS name, or `unix:///path`. */
  address: string;
  port: number;
  /** At least 1. */
  weight: number;
  /** False: not ready; never chosen, but known. */
  healthy: boolean;
  labels: Readonly<Record<string, string>>;
  /** Its name under that of a headless service: `db-0` of `db-0.db.shop`. */
  hostname?: string;
}

/** The service that a cluster belongs to, in the words of Istio's metrics. */
export interface ServiceIdentity {
  /** Fully qualified: `hello.hello-1.svc.cluster.local`, or a ServiceEntry's host. */
  host: string;
  name: string;
  namespace: string;
}

/** How a cluster finds its endpoints. */
export type Discovery =
  /** The endpoints listed. */
  | 'static'
  /** The endpoints' addresses are names to be resolved (ServiceEntry `resolution: DNS`). */
  | 'dns'
  /** Where the client was going (`resolution: NONE`); an explicit proxy resolves the authority's host itself. */
  | 'original-destination'
  /** The request's Host is resolved (`resolution: DYNAMIC_DNS`). */
  | 'dynamic-dns';

/** The version of HTTP that is spoken to a cluster; `as-client`: the client's (Envoy's `use_downstream_protocol_config`). */
export type UpstreamProtocol = 'http1' | 'http2' | 'as-client';

/** How one of a cluster's endpoints is chosen: Istio's names, or a hash. */
export type LoadBalancing = 'LEAST_REQUEST' | 'RANDOM' | 'ROUND_ROBIN' | 'PASSTHROUGH' | HashPolicy;

/** What keeps the requests of one client on one endpoint. */
export type HashPolicy =
  | { kind: 'header'; name: string }
  /** With `ttl` (milliseconds) a client without the cookie is given one. */
  | {
      kind: 'cookie';
      name: string;
      path?: string;
      ttl?: number;
      /** Written behind the others. */
      attributes?: ReadonlyArray<{ name: string; value: string }>;
    }
  | { kind: 'query-parameter'; name: string }
  | { kind: 'source-ip' };

/** A group of endpoints that is load-balanced as one: Envoy's `outbound|<port>|<subset>|<host>`. */
export interface Cluster {
  /** `outbound|8080||hello.hello-1.svc.cluster.local`. */
  name: string;
  service: ServiceIdentity;
  /** The service's port, not the endpoints'. */
  port: number;
  subset: string;
  discovery: Discovery;
  /** With `original-destination`, the port to dial instead of the client's, when the entry names a target port. */
  targetPort?: number;
  endpoints: readonly Endpoint[];
  /** Of a headless service: clients dial one of the endpoints, and it is the one that they get (see `dialledEndpoint`). */
  headless?: true;
  loadBalancing: LoadBalancing;
  connectTimeoutMs: number;
  protocol: UpstreamProtocol;
  /** Absent: what the application sent is sent as it is. */
  tls?: TlsOrigination;
  /** Absent: none. */
  limits?: ConnectionLimits;
  /** Absent: no endpoint is taken out for what it answers. */
  outlierDetection?: OutlierDetection;
}

/** What a DestinationRule's `connectionPool` limits, for the cluster as a whole; what is absent has no limit. */
export interface ConnectionLimits {
  /** HTTP/1.1 and TCP. */
  maxConnections?: number;
  /** Requests that wait for a connection. */
  maxPendingRequests?: number;
  maxRequests?: number;
  /** Retries under way. */
  maxRetries?: number;
  /** After so many, a connection is closed. */
  maxRequestsPerConnection?: number;
  /** Of one HTTP/2 connection. */
  maxConcurrentStreams?: number;
  /** A connection without a request is closed after this. */
  idleTimeoutMs?: number;
}

/** When an endpoint is taken out for a while, because of what came from it (Istio, cluster_traffic_policy.go applyOutlierDetection). */
export interface OutlierDetection {
  /** So many answers of 5xx in a row; 0: they do not count. */
  consecutive5xx: number;
  /** So many of 502, 503 and 504 in a row; 0: they do not count. */
  consecutiveGatewayErrors: number;
  /** So many failures to connect, and the like, in a row; absent: each of them counts as a 503. */
  consecutiveLocalFailures?: number;
  /** How often it is looked whether an endpoint may come back. */
  intervalMs: number;
  /** For the first time; each further time is as much longer. */
  baseEjectionMs: number;
  /** Of all endpoints. */
  maxEjectionPercent: number;
  /** With fewer of them left, all are used. */
  minHealthPercent: number;
}

/**
 * TLS that the proxy speaks to the endpoints in the application's place, as a DestinationRule asks for it
 * (Istio, cluster_tls.go constructUpstreamTLS).
 */
export interface TlsOrigination {
  /** The server name to ask for (SNI); absent: none. `request-host`: the Host that is sent, without its port. */
  serverName?: { kind: 'fixed'; name: string } | { kind: 'request-host' };
  /** What to offer by ALPN, the most wanted first; empty: nothing. */
  alpn: readonly string[];
  /** How the server's certificate is checked; absent: any will do. */
  verification?: CertificateVerification;
  /** What to show of the client itself (`mode: MUTUAL`). */
  clientCertificate?:
    | { kind: 'files'; certificate: string; privateKey: string }
    | { kind: 'credential'; name: string };
}

/** What a server's certificate has to be; all of it holds together. */
export interface CertificateVerification {
  /** Who may have signed it. Files are PEM, by the path in the sidecar; a credential is a Secret or ConfigMap of the cluster. */
  trust: { kind: 'system' } | { kind: 'file'; path: string } | { kind: 'credential'; name: string };
  /** It has to be for the Host that is sent, without its port. */
  forRequestHost: boolean;
  /** It has to have one of these among its subject alternative names, exactly; empty: whichever. */
  subjectAltNames: readonly string[];
  /** PEM file of what was revoked. */
  revocationList?: string;
}

/**
 * The endpoint of a headless service that a client dialled, by its address or by its name under the service's: a sidecar forwards to it, whatever
 * others there are (Envoy's ORIGINAL_DST; recorded: `scope-headless-pod-names`), even to an address that is none of them
 * (`tcp-subnets-on-headless`), and at the port that was dialled, whichever the rule names (`scope-headless-rule-other-port`). Undefined: any of them.
 * @param host in lower case, without a port
 * @param dialled a name leads to any of them, an IP address to itself
 */
export function dialledEndpoint(
  { endpoints, headless, service }: Cluster,
  host: string,
  { address, port }: { address?: string | undefined; port: number },
): Endpoint | undefined {
  if (headless !== true) return undefined;
  const [name, under] = host.split('.', 2);
  const known =
    endpoints.find((endpoint) => endpoint.address === (address ?? host)) ??
    (under === service.name ? endpoints.find(({ hostname }) => hostname === name) : undefined);
  if (known !== undefined) return { ...known, port };
  const isOther = address !== undefined && isIP(address) !== 0;
  return isOther ? { address, port, weight: 1, healthy: true, labels: {} } : undefined;
}
