import { connect, type Socket } from 'node:net';

/** One end of a raw connection: what was sent, what came, whether it was closed. */
export class RawClient {
  received = '';
  closed = false;
  readonly socket: Socket;
  #wake: () => void = () => {};

  constructor(port: number, host = '127.0.0.1') {
    this.socket = connect({ port, host });
    this.socket.on('data', (data) => {
      this.received += data.toString('latin1');
      this.#wake();
    });
    this.socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
    // A reset shows as a close.
    this.socket.on('error', () => {});
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Waits until what came satisfies the test, or the connection is closed; fails after ten seconds. */
  async until(test: (received: string) => boolean): Promise<string> {
    const deadline = Date.now() + 10_000;
    while (!test(this.received) && !this.closed) {
      if (Date.now() > deadline) throw new Error(`still waiting, got: ${JSON.stringify(this.received)}`);
      await this.#event(deadline - Date.now());
    }
    return this.received;
  }

  /** Waits for a text. */
  saw(text: string): Promise<string> {
    return this.until((received) => received.includes(text));
  }

  async untilClosed(): Promise<string> {
    return this.until(() => this.closed);
  }

  close(): void {
    this.socket.destroy();
  }

  #event(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
