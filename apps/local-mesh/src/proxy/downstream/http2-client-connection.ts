import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { ClientInfo } from '../exchange/client-info.js';
import { NativeSession } from '../http2/native-session.js';
import { connectionWindowBytes, sessionOptions, settings } from '../http2/session-settings.js';
import type { Runtime } from '../runtime.js';
import { Http2ClientStream } from './http2-client-stream.js';
import type { Stage } from './stage.js';

const flagEndStream = constants.NGHTTP2_FLAG_END_STREAM;

/** A client's connection in HTTP/2 with prior knowledge: an exchange for each stream, many at a time. */
export class Http2ClientConnection implements Stage {
  readonly #session: ServerHttp2Session;
  readonly #native: NativeSession;
  readonly #streams = new Set<Http2ClientStream>();
  /** When the last stream ended; milliseconds of performance.now(). */
  #idleSince = performance.now();

  /** @param first what the client has sent already, its preface at least */
  constructor(
    private readonly runtime: Runtime,
    socket: Socket,
    private readonly info: ClientInfo,
    first: Buffer,
  ) {
    socket.unshift(first);
    const { maxHeaderCount, maxHeaderBytes } = runtime.limits;
    this.#session = performServerHandshake(socket, {
      ...sessionOptions,
      settings: { ...settings, maxHeaderListSize: maxHeaderBytes },
      // Beside the pseudo-headers.
      maxHeaderListPairs: maxHeaderCount + 4,
    });
    this.#native = new NativeSession(this.#session);
    this.#session.setLocalWindowSize(connectionWindowBytes);
    this.#session.on('stream', (stream, _headers, flags, raw) => {
      this.#begin(stream, raw, (flags & flagEndStream) !== 0);
    });
    // Each stream is told by itself.
    this.#session.on('error', () => socket.destroy());
  }

  get idle(): boolean {
    return this.#streams.size === 0;
  }

  /** Takes no new stream; the connection ends with the last one. */
  drain(): void {
    this.#session.close();
  }

  destroy(): void {
    this.#session.destroy();
  }

  enforceLimits(now: number): void {
    const { idleTimeoutMs, streamIdleTimeoutMs } = this.runtime.limits;
    if (this.idle && idleTimeoutMs > 0 && now - this.#idleSince > idleTimeoutMs) this.#session.close();
    for (const stream of this.#streams) stream.enforceLimit(now, streamIdleTimeoutMs);
  }

  #begin(stream: ServerHttp2Stream, raw: readonly string[], isComplete: boolean): void {
    this.#native.outlive(stream);
    if (this.runtime.draining) {
      // Node.js calls the refusal an error of the stream.
      stream.on('error', () => {});
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    const client = new Http2ClientStream(this.runtime, stream, this.info);
    this.#streams.add(client);
    stream.once('close', () => {
      this.#streams.delete(client);
      this.#idleSince = performance.now();
    });
    client.start(raw, isComplete);
  }
}
