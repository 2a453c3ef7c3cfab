import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
  connect,
} from 'node:http2';
import type { Socket } from 'node:net';
import { NativeSession } from '../http2/native-session.js';
import {
  connectionWindowBytes,
  maxConcurrentStreams,
  sessionOptions,
  settings,
} from '../http2/session-settings.js';

/** So many streams are opened before the server has said how many it takes: what is beyond that, it would refuse. */
const untilTold = 1;

/** A connection in HTTP/2 to one server, with many requests at a time. */
export class Http2Connection {
  readonly #session: ClientHttp2Session;
  readonly #native: NativeSession;
  #active = 0;
  #isClosing = false;
  /** How many streams the server takes at a time; undefined: it has not said so yet. */
  #allowed: number | undefined;
  /** How many it has taken. */
  requests = 0;
  /** When the last one ended, milliseconds since 1970; for the pool. */
  idleSince = Date.now();

  constructor(
    private readonly socket: Socket,
    /** There may be room for more streams: one ended, or the server told how many it takes. */
    private readonly onRoom: (connection: Http2Connection) => void,
    onClosed: (connection: Http2Connection) => void,
  ) {
    this.#session = connect('http://upstream.invalid', {
      ...sessionOptions,
      settings: { ...settings, enablePush: false },
      createConnection: () => socket,
    });
    this.#native = new NativeSession(this.#session);
    this.#session.on('connect', () => this.#session.setLocalWindowSize(connectionWindowBytes));
    this.#session.on('remoteSettings', ({ maxConcurrentStreams: allowed }) => {
      this.#allowed = allowed ?? maxConcurrentStreams;
      this.onRoom(this);
    });
    // What is under way goes on; requests beyond what the server has seen are closed as refused, and may be tried elsewhere.
    this.#session.on('goaway', () => this.#retire());
    // Each stream is told by itself.
    this.#session.on('error', () => {});
    this.#session.once('close', () => {
      this.#isClosing = true;
      socket.destroy();
      onClosed(this);
    });
  }

  get idle(): boolean {
    return this.#active === 0;
  }

  /** Whether the server has yet to say how many streams it takes, which it does first of all. */
  get isNew(): boolean {
    return this.#allowed === undefined && !this.#isClosing;
  }

  /** Whether the connection is at its end, and not just one stream. */
  get isLost(): boolean {
    return this.#session.destroyed || this.socket.destroyed;
  }

  /** @param limit of the cluster's; the server's own counts as well */
  hasRoom(limit: number): boolean {
    if (this.#isClosing || this.#session.closed || this.#session.destroyed) return false;
    return this.#active < Math.min(limit, this.#allowed ?? untilTold);
  }

  /** @param list names and values in turn, pseudo-headers first */
  open(list: readonly string[], options: ClientSessionRequestOptions): ClientHttp2Stream {
    this.requests++;
    this.#active++;
    const stream = this.#session.request(list, options);
    this.#native.outlive(stream);
    stream.once('close', () => {
      this.#active--;
      this.idleSince = Date.now();
      if (!this.#isClosing) this.onRoom(this);
    });
    return stream;
  }

  /** Takes no more requests, and ends with the last one. */
  #retire(): void {
    this.#isClosing = true;
  }

  close(): void {
    this.#retire();
    this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
    this.socket.destroy();
  }
}
