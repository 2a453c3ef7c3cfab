import type { Duplex } from 'node:stream';
import type { RequestHead } from '../message/request.js';
import type { EndedTls } from './client-info.js';
import type { BodySource } from './request-body.js';
import type { ResponseWriter } from './response-writer.js';

/** The client's side of an exchange. */
export interface Client extends BodySource {
  /** `address:port`. */
  readonly address: string;
  /** The address that the client dialled, without the port. */
  readonly localAddress: string;
  /** Set where the client's TLS ended here: the name that it asked for, if it asked for one. */
  readonly tls: EndedTls | undefined;
  /** Begins the answer to a request. */
  respond(request: RequestHead): ResponseWriter;
  /** The answer is complete. `reusable`: the connection may take the next request. */
  finished(reusable: boolean): void;
  /** Ends the exchange at once: the answer cannot be completed. */
  destroy(): void;
  /** Joins the client's connection to another one, for good. */
  upgrade(peer: Duplex, rest: Buffer, onClosed: () => void): void;
}
