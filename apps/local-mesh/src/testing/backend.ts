import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on a free port that answers its name, or, told to hold, only when it is released. */
export class Backend {
  private held: ServerResponse[] = [];
  private holding = false;
  private constructor(
    private readonly server: Server,
    readonly name: string,
  ) {}

  static async named(name: string): Promise<Backend> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const backend = new Backend(server, name);
    server.on('request', (_, response) => backend.answer(response));
    return backend;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on requests wait; resolves when the first of them is here. */
  async hold(): Promise<void> {
    this.holding = true;
    await once(this.server, 'request');
  }

  release(): void {
    this.holding = false;
    for (const response of this.held.splice(0)) response.end(this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(response: ServerResponse): void {
    if (this.holding) this.held.push(response);
    else response.end(this.name);
  }
}
