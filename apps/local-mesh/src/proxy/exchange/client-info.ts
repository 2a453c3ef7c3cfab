import type { Dialled } from '../target.js';

/** What is known of a client's connection before its first request. */
export interface ClientInfo {
  /** `address:port`. */
  readonly address: string;
  /** The address that the client dialled, without the port. */
  readonly localAddress: string;
  /** What it dialled, where that is not for the request to say. @param isUrl whether the request names a URL */
  dialled(isUrl: boolean): Dialled | undefined;
  /** Set where TLS of its own ended here. */
  readonly tls?: EndedTls | undefined;
}

/** TLS of a client that ended here. */
export interface EndedTls {
  /** The name that it asked for, if it asked for one. */
  serverName?: string;
  /** What servers are told of the certificate that the client showed, if it showed one. */
  forwardedClientCert?: string;
}
