import type { OutgoingResponse } from '../message/response.js';

/** Writes one answer to the client and counts it, whatever the protocol. */
export interface ResponseWriter {
  /** 0 until the head was written. */
  readonly status: number;
  /** Of the body. */
  readonly bytesSent: number;
  /** The client was told that its connection ends after this answer. */
  readonly announcedClose: boolean;
  /** A head with 1xx: the answer proper follows. Throws UnsendableHead, and nothing is written then. */
  informational(status: number, headers: readonly string[]): void;
  /** Throws UnsendableHead, and nothing is written then. */
  head(response: OutgoingResponse): void;
  data(data: Buffer): void;
  /** The answer is complete. Trailers are names and values in turn. */
  end(trailers: readonly string[]): void;
  /** False when the client takes no more for now. */
  flush(): boolean;
}
