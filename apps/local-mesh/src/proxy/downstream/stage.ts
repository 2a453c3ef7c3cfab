import type { Socket } from 'node:net';

/** What a client's connection is at. One stage at a time reads its socket; the last thing that it does is to hand it to the next. */
export interface Stage {
  /** Nothing is under way. */
  readonly idle: boolean;
  /** Ends what takes longer than it may. @param now milliseconds of performance.now() */
  enforceLimits(now: number): void;
  /** Takes nothing new, and tells the client so where the protocol can say it. */
  drain?(): void;
  /** The socket is about to be destroyed. */
  destroy?(): void;
}

/** Tells when nothing has moved on a socket, in either direction, for too long. */
export class Stillness {
  #moved = -1;
  /** Milliseconds of performance.now(). */
  #since = 0;

  constructor(private readonly socket: Socket) {}

  /** @param limitMs 0: no limit */
  exceeds(limitMs: number, now: number): boolean {
    const moved = this.socket.bytesRead + this.socket.bytesWritten;
    if (moved !== this.#moved) {
      this.#moved = moved;
      this.#since = now;
      return false;
    }
    return limitMs > 0 && now - this.#since > limitMs;
  }
}
