import type { ResourceBase } from './metadata.js';

/** networking.istio.io Gateway (v1, v1beta1, v1alpha3: one schema). */
export interface Gateway extends ResourceBase {
  kind: 'Gateway';
  group: 'networking.istio.io';
  spec: GatewaySpec;
}

export interface GatewaySpec {
  /** Labels of the workloads that are to serve it; empty: all gateways of the mesh. */
  selector: Record<string, string>;
  servers: Server[];
}

/** A port that the gateway listens on, and the hosts that it takes there. */
export interface Server {
  name?: string;
  port?: ServerPort;
  /** An address, or `unix:///path`, to listen on instead of all addresses. */
  bind?: string;
  /** `host` or `namespace/host`, where `.` is the Gateway's own namespace and `*` any. */
  hosts: string[];
  tls?: ServerTls;
}

export interface ServerPort {
  number: number;
  /** As written, in any letter case. */
  protocol: string;
  name: string;
  targetPort?: number;
}

export type ServerTlsMode =
  | 'PASSTHROUGH'
  | 'SIMPLE'
  | 'MUTUAL'
  | 'AUTO_PASSTHROUGH'
  | 'ISTIO_MUTUAL'
  | 'OPTIONAL_MUTUAL';

export interface ServerTls {
  httpsRedirect: boolean;
  mode: ServerTlsMode;
  serverCertificate?: string;
  privateKey?: string;
  caCertificates?: string;
  caCrl?: string;
  credentialName?: string;
  credentialNames: string[];
  tlsCertificates: Array<{ serverCertificate?: string; privateKey?: string; caCertificates?: string }>;
  caCertCredentialName?: string;
  minProtocolVersion?: string;
  maxProtocolVersion?: string;
  cipherSuites: string[];
  subjectAltNames: string[];
  insecureSkipVerify: boolean;
  verifyCertificateSpki: string[];
  verifyCertificateHash: string[];
}
