/**
 * A request as the sidecar's listener sees it.
 * Strings are HTTP's: one character for each byte (Latin-1), as `node:http` gives them.
 */
export interface RouteRequest {
  /** As sent; methods are case-sensitive. */
  method: string;
  /** From an absolute-form target or `x-forwarded-proto`, else `http`. */
  scheme: 'http' | 'https';
  /** The Host header as sent, with its letter case and port; the authority of an absolute-form target replaces it. */
  authority: string;
  /** The port that the client dialled: it chooses the listener. */
  port: number;
  /** The IP address that the client dialled. Absent: where the authority's name leads, a service's own address for instance. */
  address?: string;
  /** Path and query as sent, for instance `/hello?x=1`. */
  path: string;
  /** Names and values in turn, in the order sent (as `rawHeaders` of `node:http`); names in any letter case, repeated names repeated. */
  headers: readonly string[];
  /** Set when the client spoke TLS, which a gateway ends: the name that it asked for, if it asked for one. */
  tls?: { serverName?: string };
  /** The address of the client, which a gateway writes into `x-forwarded-for`. */
  remoteAddress?: string;
}
