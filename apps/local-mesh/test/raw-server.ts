import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server that says exactly what a test wants said, and keeps what it got. */
export class RawServer {
  readonly sockets: Socket[] = [];
  /** Everything that came, Latin-1, all connections in turn. */
  received = '';
  /** Known once it listens; kept after it stopped. */
  port = 0;
  readonly #server: Server;
  #script: (socket: Socket, received: string) => void;

  constructor(script: (socket: Socket, received: string) => void) {
    this.#script = script;
    this.#server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (data) => {
        const text = data.toString('latin1');
        this.received += text;
        this.#script(socket, text);
      });
    });
  }

  /** What is done with each piece that comes. */
  onData(script: (socket: Socket, received: string) => void): void {
    this.#script = script;
  }

  listen(port = 0): Promise<this> {
    return new Promise((resolve) => {
      this.#server.listen(port, '127.0.0.1', () => {
        this.port = (this.#server.address() as AddressInfo).port;
        resolve(this);
      });
    });
  }

  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
