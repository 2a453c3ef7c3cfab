import type { Socket } from 'node:net';
import type { OutputBuffer } from '../http1/output-buffer.js';
import type { BodySource } from './request-body.js';

/** The client's side of an exchange. */
export interface Client extends BodySource {
  readonly output: OutputBuffer;
  /** `address:port`. */
  readonly address: string;
  /** The address that the client dialled, without the port. */
  readonly localAddress: string;
  /** The answer is complete. `reusable`: the connection may take the next request. */
  finished(reusable: boolean): void;
  /** Ends the connection at once: the answer cannot be completed. */
  destroy(): void;
  /** Joins the client's connection to another one, for good. */
  upgrade(peer: Socket, rest: Buffer, onClosed: () => void): void;
}
