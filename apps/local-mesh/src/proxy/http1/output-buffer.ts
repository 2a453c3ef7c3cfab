import type { Socket } from 'node:net';

/** Node writes a Latin-1 string of up to 16 KiB to a socket from the stack, without a request object; this stays below it. */
const joinLimit = 12 * 1024;

/**
 * Joins what is written in one turn (a head, a short body, chunk marks) into one write: most of a proxy's time goes into writes.
 * Nothing leaves before `flush`, except long data.
 */
export class OutputBuffer {
  #pending = '';

  constructor(private readonly socket: Socket) {}

  text(text: string): void {
    this.#pending += text;
  }

  bytes(data: Buffer): void {
    if (data.length + this.#pending.length <= joinLimit) {
      this.#pending += data.toString('latin1');
      return;
    }
    this.flush();
    this.socket.write(data);
  }

  /** False when the socket takes no more for now: wait for its `drain`. */
  flush(): boolean {
    if (this.#pending !== '') {
      const text = this.#pending;
      this.#pending = '';
      this.socket.write(text, 'latin1');
    }
    return !this.socket.writableNeedDrain;
  }
}
