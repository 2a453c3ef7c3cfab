import type { Socket } from 'node:net';
import { encodeRequest } from '../http2/message-encoder.js';
import { maxConcurrentStreams } from '../http2/session-settings.js';
import type { OutgoingRequest } from '../message/request.js';
import type { ConnectFailure } from './dialler.js';
import { Http2Connection } from './http2-connection.js';
import { Http2Stream } from './http2-stream.js';
import type { PoolOptions } from './pool-options.js';
import type { StreamHandler, StreamPool, UpstreamStream } from './stream.js';
import { WaitingStreams } from './waiting-streams.js';

/** HTTP/2 connections to one server: one, and more only where the server does not take as many streams as there are requests. */
export class Http2Pool implements StreamPool {
  readonly #connections = new Set<Http2Connection>();
  readonly #waiting: WaitingStreams<Http2Stream>;
  /** Ends the attempt to connect that is under way. */
  #cancelConnect: (() => void) | undefined;
  #isRetired = false;
  #isClosed = false;

  constructor(private readonly options: PoolOptions) {
    this.#waiting = new WaitingStreams(options.resources);
  }

  get empty(): boolean {
    return this.#connections.size === 0 && this.#waiting.length === 0;
  }

  request(request: OutgoingRequest, handler: StreamHandler): UpstreamStream {
    const stream = new Http2Stream(encodeRequest(request), request, handler, (one) =>
      this.#waiting.remove(one),
    );
    const connection = this.#withRoom();
    if (connection !== undefined) {
      stream.start(connection);
      return stream;
    }
    if (this.#waiting.add(stream)) this.#connect();
    else stream.fail('overflow');
    return stream;
  }

  sweep(now: number): void {
    for (const connection of this.#connections) {
      if (connection.idle && now - connection.idleSince > this.options.idleTimeoutMs) connection.close();
    }
  }

  retire(): void {
    this.#isRetired = true;
    for (const connection of this.#connections) connection.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelConnect?.();
    for (const connection of this.#connections) connection.destroy();
  }

  #withRoom(): Http2Connection | undefined {
    const { maxRequestsPerConnection, maxConcurrentStreams: limit } = this.options;
    for (const connection of this.#connections) {
      if (maxRequestsPerConnection > 0 && connection.requests >= maxRequestsPerConnection) continue;
      if (connection.hasRoom(limit || maxConcurrentStreams)) return connection;
    }
    return undefined;
  }

  /** There may be room on it soon. */
  get #hasNew(): boolean {
    for (const connection of this.#connections) if (connection.isNew) return true;
    return false;
  }

  /** One at a time, where the limit leaves room; a server that none leads to yet gets one in any case. */
  #connect(): void {
    const { resources, dial } = this.options;
    if (this.#isClosed || this.#cancelConnect !== undefined || this.#hasNew) return;
    if (this.#connections.size > 0 && !resources.hasRoom('connections')) return;
    resources.take('connections');
    const stop = dial({
      onConnected: (socket) => {
        this.#cancelConnect = undefined;
        this.#adopt(socket);
      },
      onFailure: (kind) => {
        this.#cancelConnect = undefined;
        resources.giveBack('connections');
        this.#failAll(kind);
      },
    });
    this.#cancelConnect = () => {
      this.#cancelConnect = undefined;
      resources.giveBack('connections');
      stop();
    };
  }

  #adopt(socket: Socket): void {
    const connection = new Http2Connection(
      socket,
      (withRoom) => this.#onRoom(withRoom),
      (closed) => {
        this.#connections.delete(closed);
        this.options.resources.giveBack('connections');
        if (this.#waiting.length > 0) this.#connect();
      },
    );
    this.#connections.add(connection);
    this.#serve();
  }

  #onRoom(connection: Http2Connection): void {
    const { maxRequestsPerConnection: most } = this.options;
    const isUsedUp = most > 0 && connection.requests >= most;
    if (connection.idle && (this.#isRetired || isUsedUp)) connection.close();
    this.#serve();
  }

  /** Those that have waited longest go first. */
  #serve(): void {
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const connection = this.#withRoom();
      if (connection === undefined) {
        this.#connect();
        return;
      }
      this.#waiting.remove(next);
      next.start(connection);
    }
  }

  #failAll(kind: ConnectFailure): void {
    for (const stream of this.#waiting.all) {
      this.#waiting.remove(stream);
      stream.fail(kind);
    }
  }
}
