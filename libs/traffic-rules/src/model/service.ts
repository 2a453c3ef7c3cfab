import type {
  CertificateVerification,
  ConnectionLimits,
  Discovery,
  LoadBalancing,
  OutlierDetection,
  TlsOrigination,
  UpstreamProtocol,
} from '../cluster.js';
import type { Document } from './place.js';

/** A service that the mesh knows, from a Kubernetes Service or from one host of a ServiceEntry. */
export interface RegistryService {
  kind: 'Service' | 'ServiceEntry';
  document: Document;
  /** Lower-case and fully qualified; a ServiceEntry's may be a wildcard. */
  host: string;
  /** Whether it lies outside of the mesh. */
  external: boolean;
  ports: readonly RegistryPort[];
  /** Virtual IP addresses that are further names of the virtual host. */
  addresses: readonly string[];
  /** Addresses and blocks of them (`10.0.0.0/24`) that clients dial. */
  listenerAddresses: readonly string[];
  /** Whether clients dial an address of the service's own, so that a sniffed port gets a listener of its own. */
  hasAddress: boolean;
  headless: boolean;
  /** Set for `type: ExternalName`: another name of this host, with no endpoints of its own. */
  externalName?: string;
  discovery: Discovery;
  instances: readonly Instance[];
  /** The labels of all workloads that it selects, running or not; of all of its namespace, where a Service has no selector. */
  workloads: readonly Labels[];
  /** Names of which a server's certificate has to have one, where TLS is originated and nothing else is said. */
  subjectAltNames: readonly string[];
}

/** What is spoken on a port, as it is declared. */
export interface Spoken {
  protocol: PortProtocol;
  /** Whether it is declared to expect TLS from the application (HTTPS or TLS). */
  encrypted?: boolean;
  /** Of a database whose protocol shares the port's listener with no other; the first one has it. */
  exclusive?: ExclusiveProtocol;
}

export interface RegistryPort extends Spoken {
  number: number;
  name: string;
  targetPort?: number;
  /** No client reaches it by the service's name: only rules lead there. */
  destinationOnly?: true;
  /** What the listener in front of it takes it for, where a Sidecar says so; its virtual host goes by the port itself. */
  listenedAs?: Spoken;
  /**
   * Set beside {@link destinationOnly} where a Sidecar has a listener for the port, and another one has the service: it is listened for
   * all the same, and its requests meet the routes of the first.
   */
  unrouted?: true;
  /** Clients find it, and nothing is behind it: it is of another document for the same host. */
  unserved?: true;
}

/** Where the server speaks first, and nobody may look at what the client says (Istio, listener.go isConflictWithWellKnownPort). */
export type ExclusiveProtocol = 'mongo' | 'mysql';

/** What matters of a port's protocol for HTTP routing; `auto`: Istio sniffs it. */
export type PortProtocol = 'http' | 'http2' | 'auto' | 'tcp' | 'udp';

/** Whether clients reach some port of the service by its name. */
export function isReachable({ ports }: RegistryService): boolean {
  return ports.length === 0 || ports.some(({ destinationOnly }) => destinationOnly !== true);
}

/** Whether clients reach that port of the service by its name. */
export function hasReachablePort({ ports }: RegistryService, number: number): boolean {
  return ports.some((port) => port.number === number && port.destinationOnly !== true);
}

/** The port as its listener takes it. */
export function asListened(port: RegistryPort): RegistryPort {
  const { listenedAs } = port;
  if (listenedAs === undefined) return port;
  const { encrypted: _encrypted, exclusive: _exclusive, ...rest } = port;
  return { ...rest, ...listenedAs };
}

/** Whether a sidecar listens for the port. */
export function isListenedFor({ destinationOnly, unrouted }: RegistryPort): boolean {
  return destinationOnly !== true || unrouted === true;
}

/** Whether a port is declared as HTTP. */
export function isHttp(protocol: PortProtocol): boolean {
  return protocol === 'http' || protocol === 'http2';
}

/** Whether requests to the port can be routed as HTTP. */
export function carriesHttp(protocol: PortProtocol): boolean {
  return isHttp(protocol) || protocol === 'auto';
}

/** One address behind a service; its ports go by the names of the service's ports. */
export interface Instance {
  address: string;
  ports: ReadonlyMap<string, number>;
  weight: number;
  healthy: boolean;
  labels: Labels;
  /** Its name under that of a headless service. */
  hostname?: string;
}

export type Labels = Readonly<Record<string, string>>;

/** How requests are sent to the endpoints of one service: to all of them, or to those of a subset. */
export interface ServicePolicy {
  subsets: readonly Subset[];
  /** @param subset undefined for the service as a whole */
  at(subset: string | undefined, port: number): ClusterPolicy;
}

export interface Subset {
  name: string;
  /** Those that an endpoint has to have. */
  labels: Labels;
}

export interface ClusterPolicy {
  loadBalancing: LoadBalancing;
  connectTimeoutMs: number;
  /** What is spoken where the port's own protocol is not HTTP/2. */
  protocol: UpstreamProtocol;
  /** TLS to be originated; absent: none. */
  tls?: OriginatedTls;
  limits?: ConnectionLimits;
  outlierDetection?: OutlierDetection;
}

/** TLS towards endpoints, before it is known whether HTTP is spoken to them. */
export interface OriginatedTls {
  /** Absent: the Host of each request. */
  serverName?: string;
  /** Absent: the server's certificate is not checked. */
  verification?: {
    trust: CertificateVerification['trust'];
    subjectAltNames: readonly string[];
    revocationList?: string;
  };
  clientCertificate?: TlsOrigination['clientCertificate'];
}

/** Whether every label of the selector is among the labels, with the same value. */
export function isSubset(selector: Labels, labels: Labels): boolean {
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}
