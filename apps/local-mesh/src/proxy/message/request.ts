import type { HeaderList } from './header-list.js';

/** The version that a client or a server speaks. */
export type HttpVersion = '1.0' | '1.1' | '2';

/** A request's head as it came, whatever the protocol. */
export interface RequestHead {
  method: string;
  /** As sent: a path, a URL, an authority (CONNECT) or `*`. */
  target: string;
  version: HttpVersion;
  headers: HeaderList;
  /** Bytes of the body; undefined: as many as come before its end. */
  bodyLength: number | undefined;
}

/** A request's head as it is to be sent, after all rules; how it is framed is up to the protocol. */
export interface OutgoingRequest {
  method: string;
  scheme: 'http' | 'https';
  authority: string;
  /** Path and query. */
  path: string;
  /** Names and values in turn, without the Host. */
  headers: readonly string[];
  /** Bytes of the body as the client announced it; undefined: unknown. */
  bodyLength: number | undefined;
  /** The protocol that the client wants to change to. */
  upgrade?: string | undefined;
  /** No HTTP listener took part: the protocol adds nothing that the client did not send. */
  untouched: boolean;
}
