import type { Socket } from 'node:net';
import type { Runtime } from '../runtime.js';
import type { Stage } from './stage.js';

export interface FirstBytesOptions<Kind> {
  /** What the bytes begin; undefined: too few to tell. */
  tell(bytes: Buffer): Kind | undefined;
  onTold(kind: Kind, bytes: Buffer): void;
  /** They took too long to tell; the default is to end the connection. */
  onTimeout?(): void;
}

/** Awaits a connection's first bytes until they tell what it is to be taken for. */
export class FirstBytes<Kind> implements Stage {
  /** What has come, too little to tell. */
  #seen: Buffer | undefined;
  readonly #since = performance.now();

  constructor(
    private readonly runtime: Runtime,
    private readonly socket: Socket,
    private readonly options: FirstBytesOptions<Kind>,
  ) {}

  /** @param early what has come already */
  start(early?: Buffer): void {
    this.socket.on('data', this.#onData);
    if (early !== undefined && early.length > 0) this.#onData(early);
    else if (this.socket.isPaused()) this.socket.resume();
  }

  get idle(): boolean {
    return this.#seen === undefined;
  }

  enforceLimits(now: number): void {
    const { idleTimeoutMs, requestHeadersTimeoutMs } = this.runtime.limits;
    const limitMs = this.idle ? idleTimeoutMs : requestHeadersTimeoutMs;
    if (limitMs === 0 || now - this.#since <= limitMs) return;
    if (this.idle || this.options.onTimeout === undefined) this.socket.destroy();
    else {
      this.socket.off('data', this.#onData);
      this.options.onTimeout();
    }
  }

  destroy(): void {
    this.socket.off('data', this.#onData);
  }

  #onData = (chunk: Buffer): void => {
    const bytes = this.#seen === undefined ? chunk : Buffer.concat([this.#seen, chunk]);
    const kind = this.options.tell(bytes);
    if (kind === undefined) {
      // A copy: what the socket gave may be a slice of something larger.
      this.#seen = Buffer.from(bytes);
      if (this.socket.isPaused()) this.socket.resume();
      return;
    }
    this.socket.off('data', this.#onData);
    this.options.onTold(kind, bytes);
  };
}
