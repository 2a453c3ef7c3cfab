import type { RouteRequest } from '../request.js';

/** What Envoy's header formats can refer to. */
export interface HeaderContext {
  /** For response headers the request as it was sent on, if it was. */
  request: Pick<RouteRequest, 'method' | 'scheme' | 'authority' | 'path' | 'headers'>;
  /** Present when response headers are made. */
  response?: {
    status: number;
    headers: readonly string[];
    /** An answer of the proxy's own, whose code is not known yet when its headers are made. */
    isLocal?: boolean;
  };
  /** `HTTP/1.1` unless given. */
  protocol?: string;
  /** `ip:port` of the client. */
  downstreamAddress?: string;
  /** The port that the client dialled. */
  downstreamPort?: number;
  /** `ip:port` of the endpoint. */
  upstreamHost?: string | undefined;
  /** `outbound|8080||hello.hello-1.svc.cluster.local`. */
  upstreamCluster?: string | undefined;
  /** `HTTP/1.1`, once there is a connection. */
  upstreamProtocol?: string | undefined;
  /** Tries so far. */
  attempts?: number;
  /** Envoy's name for the route, as `routeName` has it. */
  routeName?: string;
  /** Envoy's short names for what went wrong. */
  responseFlags?: readonly string[];
  /** As `via_upstream`. */
  responseCodeDetails?: string;
  startTime?: Date;
}
