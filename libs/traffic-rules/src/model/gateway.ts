import type { Document, ResourceReference } from './place.js';

/** What stands for the sidecars of all workloads among the gateways that rules are for. */
export const meshGateway = 'mesh';

/** A port of a gateway with the hosts that it takes there. */
export interface GatewayServer {
  /** `namespace/name` of the resource that it stands in: what rules call the gateway. */
  gateway: string;
  document: Document;
  resource: ResourceReference;
  /** `spec.servers[0]` */
  path: string;
  /** What rules call its port. */
  port: number;
  /** Where the gateway's process listens: what its Service makes of the port. */
  bindPort: number;
  /** The address that it listens on; empty: all. */
  bind: string;
  serves: ServerProtocol;
  /** Whether it passes TLS on by the names of the mesh's own clusters, whatever rules say. */
  automatic?: true;
  hosts: readonly ServerHost[];
  /** Whether it answers every request of its hosts with a redirect to HTTPS. */
  redirectsToHttps: boolean;
  /** How it ends TLS; absent where it does not. */
  termination?: TlsTermination;
}

/** What binds rules to these servers: a Gateway of Istio's is named by VirtualServices; for one of the Gateway API Istio makes a name up, and routes refer to it. */
export function bindingAdvice(servers: readonly GatewayServer[]): string {
  const isNamed = ({ gateway, document: { metadata } }: GatewayServer) =>
    gateway === `${metadata.namespace}/${metadata.name}`;
  const [named, referred] = [servers.some(isNamed), !servers.every(isNamed)];
  const isUnknown = servers.length === 0;
  return [
    ...(named || isUnknown ? ['its name among the gateways of a VirtualService'] : []),
    ...(referred || isUnknown ? ['it among the parentRefs of a route'] : []),
  ].join(', or ');
}

/** How a server ends the TLS of its clients. */
export interface TlsTermination {
  /** Its own certificates, one for each kind of key. `mesh`: those that the mesh gives its workloads. */
  certificates: readonly CertificateSource[] | 'mesh';
  clients: ClientCertificates | undefined;
  /** As Node and OpenSSL write them: `TLSv1.2`. */
  minVersion?: TlsVersion;
  maxVersion?: TlsVersion;
  /** Empty: the usual ones. */
  cipherSuites: readonly string[];
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Where a certificate and its key are: a Secret of the cluster, or files of the gateway's pods. */
export type CertificateSource =
  | { kind: 'secret'; namespace: string; name: string }
  | { kind: 'files'; certificate: string; key: string };

/** Where the certificates of authorities are: in the cluster, in a file of the gateway's pods, or the mesh's own. */
export type AuthoritySource =
  | { kind: 'secret' | 'configMap'; namespace: string; name: string }
  | { kind: 'file'; path: string }
  | { kind: 'mesh' };

/** What is asked of a client's own certificate. */
export interface ClientCertificates {
  /** Whether a client without one is refused. */
  required: boolean;
  /** Where the authorities are that sign them; undefined: nowhere. */
  authorities: AuthoritySource | undefined;
  /** Whether any certificate will do, whoever signed it and whatever it says. */
  unverified: boolean;
  /** A certificate is for one of these; empty: for anybody. */
  subjectAltNames: readonly string[];
  /** A certificate is one of these, or has one of these keys; both empty: any. */
  fingerprints: {
    /** SHA-256 in hexadecimal digits, with or without colons. */
    certificate: readonly string[];
    /** SHA-256 of the public key (SubjectPublicKeyInfo) in base64. */
    publicKey: readonly string[];
  };
  /** A file of revoked certificates; a Secret of authorities may have one of its own. */
  revocationList?: string;
}

/**
 * What a server takes: requests in plain text; requests in TLS, which it ends; connections in plain text; connections in
 * TLS, which it ends or passes on as they are.
 */
export type ServerProtocol = 'http' | 'https' | 'tcp' | 'tls' | 'tls-passthrough';

/** Whether a server looks into requests. */
export function takesRequests({ serves }: Pick<GatewayServer, 'serves'>): boolean {
  return serves === 'http' || serves === 'https';
}

/** Whether a server's clients speak without TLS. */
export function takesPlainText({ serves }: Pick<GatewayServer, 'serves'>): boolean {
  return serves === 'http' || serves === 'tcp';
}

/** Whether nobody but the gateway's own pod dials the address. */
export function isWithinPod(bind: string): boolean {
  return /^(?:127\.|::1$|unix:)/.test(bind);
}

/**
 * The names that a client's TLS asks for to come to a server that ends it: `*`, any or none. Beside a host for all the others count for
 * nothing (Istio, gateway.go; recorded: `gateway-https-any-beside-name`).
 */
export function serverNamesOf({ hosts }: { hosts: readonly ServerHost[] }): string[] {
  const names = hosts.map(({ host }) => host);
  return names.includes('*') ? ['*'] : names;
}

export interface ServerHost {
  /** In lower case; `*.example.com` stands for every name under it, `*` for all. */
  host: string;
  /** As it is written, where that is not in lower case. */
  spelling?: string;
  /** The namespace whose rules may use it; absent: all. */
  namespace?: string;
}
