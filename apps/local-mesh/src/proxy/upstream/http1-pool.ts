import type { Socket } from 'node:net';
import { type EncodedRequest, encodeRequest } from '../http1/message-encoder.js';
import type { OutgoingRequest } from '../message/request.js';
import type { ConnectFailure } from './dialler.js';
import { Http1Connection } from './http1-connection.js';
import type { PoolOptions } from './pool-options.js';
import type { StreamHandler, StreamPool, UpstreamStream } from './stream.js';
import { WaitingStreams } from './waiting-streams.js';

/**
 * HTTP/1.1 connections to one server, kept open between requests. A request takes an idle one, else it waits for the next that is free: one
 * that was opened for it, or one that another request has done with.
 */
export class Http1Pool implements StreamPool {
  /** The one used last is the next: the others may come to be idle for long. */
  readonly #idle: Http1Connection[] = [];
  readonly #open = new Set<Http1Connection>();
  readonly #waiting: WaitingStreams<Http1Stream>;
  /** Attempts to connect; each ends with a call. */
  readonly #connecting = new Set<() => void>();
  #retired = false;
  #closed = false;

  constructor(private readonly options: PoolOptions) {
    this.#waiting = new WaitingStreams(options.resources);
  }

  get empty(): boolean {
    return this.#open.size === 0 && this.#waiting.length === 0;
  }

  request(request: OutgoingRequest, handler: StreamHandler): UpstreamStream {
    const stream = new Http1Stream(encodeRequest(request), handler, this);
    const connection = this.#takeIdle();
    if (connection !== undefined) {
      stream.start(connection);
      return stream;
    }
    if (this.#waiting.add(stream)) this.#connect();
    else handler.onFailure('overflow');
    return stream;
  }

  /** It will not be sent; the connection that was to be opened for it is not needed. */
  forget(stream: Http1Stream): void {
    if (!this.#waiting.remove(stream)) return;
    if (this.#connecting.size > this.#waiting.length) {
      const [cancel] = this.#connecting;
      cancel?.();
    }
  }

  sweep(now: number): void {
    for (const connection of [...this.#idle]) {
      if (now >= connection.expiresAt || now - connection.idleSince > this.options.idleTimeoutMs)
        connection.cancel();
    }
  }

  retire(): void {
    this.#retired = true;
    for (const connection of [...this.#idle]) connection.cancel();
  }

  close(): void {
    this.#closed = true;
    for (const cancel of [...this.#connecting]) cancel();
    for (const connection of [...this.#open]) connection.cancel();
  }

  #takeIdle(): Http1Connection | undefined {
    const now = Date.now();
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.usable && now < idle.expiresAt) return idle;
      idle.cancel();
    }
    return undefined;
  }

  /** One more, where the limit leaves room; a server that none leads to yet gets one in any case, as from Envoy. */
  #connect(): void {
    if (this.#closed) return;
    const { resources, dial } = this.options;
    const isFirst = this.#open.size === 0 && this.#connecting.size === 0;
    if (!isFirst && !resources.hasRoom('connections')) return;
    resources.take('connections');
    let isOver = false;
    const over = (): boolean => {
      if (isOver) return false;
      isOver = true;
      this.#connecting.delete(cancel);
      return true;
    };
    const stop = dial({
      onConnected: (socket) => {
        if (over()) this.#adopt(socket);
      },
      onFailure: (kind) => {
        if (!over()) return;
        resources.giveBack('connections');
        this.#fail(kind);
      },
    });
    const cancel = (): void => {
      if (!over()) return;
      stop();
      resources.giveBack('connections');
    };
    this.#connecting.add(cancel);
  }

  #adopt(socket: Socket): void {
    const connection = new Http1Connection(
      socket,
      (idle) => this.#release(idle),
      (closed) => this.#remove(closed),
    );
    this.#open.add(connection);
    this.#release(connection);
  }

  /** To the request that has waited longest, or to the idle ones. */
  #release(connection: Http1Connection): void {
    const { maxRequestsPerConnection } = this.options;
    if (maxRequestsPerConnection > 0 && connection.requests >= maxRequestsPerConnection) {
      connection.cancel();
      return;
    }
    const next = this.#waiting.first;
    if (next !== undefined) {
      this.#waiting.remove(next);
      next.start(connection);
    } else if (this.#retired) connection.cancel();
    else {
      connection.idleSince = Date.now();
      this.#idle.push(connection);
    }
  }

  #remove(connection: Http1Connection): void {
    this.#open.delete(connection);
    this.options.resources.giveBack('connections');
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    if (this.#waiting.length > this.#connecting.size) this.#connect();
  }

  #fail(kind: ConnectFailure): void {
    const first = this.#waiting.first;
    if (first === undefined) return;
    this.#waiting.remove(first);
    first.fail(kind);
    if (this.#waiting.length > this.#connecting.size) this.#connect();
  }
}

/** A request that may still be waiting for its connection. */
class Http1Stream implements UpstreamStream {
  #connection: Http1Connection | undefined;

  constructor(
    private readonly request: EncodedRequest,
    private readonly handler: StreamHandler,
    private readonly pool: Http1Pool,
  ) {}

  start(connection: Http1Connection): void {
    this.#connection = connection;
    connection.start(this.request, this.handler);
    this.handler.onConnected(this);
  }

  fail(kind: ConnectFailure): void {
    this.handler.onFailure(kind);
  }

  write(data: Buffer): boolean {
    return this.#connection?.write(data) ?? false;
  }

  end(trailers: readonly string[]): void {
    this.#connection?.end(trailers);
  }

  flush(): void {
    this.#connection?.flush();
  }

  pause(): void {
    this.#connection?.pause();
  }

  resume(): void {
    this.#connection?.resume();
  }

  cancel(): void {
    if (this.#connection === undefined) this.pool.forget(this);
    else this.#connection.cancel();
  }
}
