import type { Duplex } from 'node:stream';
import type { OutgoingRequest } from '../message/request.js';
import type { ResponseHead } from '../message/response.js';
import type { ConnectFailure } from './dialler.js';

/** Why a request has no answer, or only the beginning of one. */
export type StreamFailure =
  | ConnectFailure
  /** The connection ended. */
  | 'termination'
  /** The server does not speak the protocol. */
  | 'protocol'
  /** The server gave this request up, and no other (HTTP/2). */
  | 'reset'
  /** The server took nothing of the request (HTTP/2). */
  | 'refused-stream';

/** One request on its way to a server, whatever the protocol; its answer goes to a {@link StreamHandler}. */
export interface UpstreamStream {
  /** Sends a part of the body. False: the server takes no more until the handler's `onDrain`. */
  write(data: Buffer): boolean;
  /** The request is complete. */
  end(trailers: readonly string[]): void;
  /** Sends what was not sent yet, the head at least. */
  flush(): void;
  /** Holds the answer back. */
  pause(): void;
  resume(): void;
  /** Gives the request up; its handler hears nothing more. */
  cancel(): void;
}

/** What one request hears of its way. Nothing more comes after `onEnd`, `onUpgrade` or `onFailure`. */
export interface StreamHandler {
  /** The server is reached: the body may follow. May come before `request` returns. */
  onConnected(stream: UpstreamStream): void;
  /** 100, 103 and the like: the answer proper is still to come. */
  onInformational(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  onData(data: Buffer): void;
  /** Trailers are names and values in turn. */
  onEnd(trailers: readonly string[]): void;
  /** All of one read was handed over: a good moment to write. */
  onFlush(): void;
  /** The protocol is changed: from here on the bytes belong to both ends; `rest` came along with the head. */
  onUpgrade(head: ResponseHead, socket: Duplex, rest: Buffer): void;
  onFailure(kind: StreamFailure): void;
  /** The server takes request bytes again. */
  onDrain(): void;
}

/** The connections of one protocol to one server. */
export interface StreamPool {
  /** Throws UnsendableHead, and nothing is sent then. */
  request(request: OutgoingRequest, handler: StreamHandler): UpstreamStream;
  /** Nothing is open, and nobody waits. */
  readonly empty: boolean;
  /** Closes what has been idle for long. */
  sweep(now: number): void;
  /** Takes no more requests; connections end with what is under way on them. */
  retire(): void;
  /** Ends everything now. */
  close(): void;
}
