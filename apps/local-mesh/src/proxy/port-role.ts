/** What clients mean by dialling a port of ours. */
export type PortRole = ProxyRole | ServiceRole | GatewayRole;

/** An HTTP proxy, which is asked by name. */
export interface ProxyRole {
  kind: 'proxy';
}

/** A service of the mesh: whatever comes is for it, from clients that know of no proxy. */
export interface ServiceRole {
  kind: 'service';
  /** As the mesh's clients call it. */
  host: string;
  port: number;
}

/** A port of the gateway that the proxy stands for. */
export interface GatewayRole {
  kind: 'gateway';
  /** As the gateway's clients dial it. */
  port: number;
}
