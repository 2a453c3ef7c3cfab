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
  hosts: readonly ServerHost[];
  /** Whether it answers every request of its hosts with a redirect to HTTPS. */
  redirectsToHttps: boolean;
}

/**
 * What a server takes: requests in plain text; requests in TLS, which it ends; connections in plain text; connections in
 * TLS, which it ends or passes on as they are.
 */
export type ServerProtocol = 'http' | 'https' | 'tcp' | 'tls' | 'tls-passthrough';

export interface ServerHost {
  /** In lower case; `*.example.com` stands for every name under it, `*` for all. */
  host: string;
  /** The namespace whose rules may use it; absent: all. */
  namespace?: string;
}
