import type { Socket } from 'node:net';
import type { Runtime } from '../runtime.js';
import { type Stage, Stillness } from './stage.js';

/** The connection is another's to read, or nobody's for a while: only its stillness is watched. */
export class Waiting implements Stage {
  readonly idle = false;
  readonly #stillness: Stillness;

  constructor(
    private readonly runtime: Runtime,
    private readonly socket: Socket,
  ) {
    this.#stillness = new Stillness(socket);
  }

  enforceLimits(now: number): void {
    if (this.#stillness.exceeds(this.runtime.limits.streamIdleTimeoutMs, now)) this.socket.destroy();
  }
}
