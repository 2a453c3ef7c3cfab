import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';

export interface TlsServerOptions {
  tls: TlsOptions;
  /** Whether a client that has come through the handshake is let in; absent: each is. */
  accepts?: (secure: TLSSocket) => boolean;
}

/** Ends the TLS of clients whose connections others have accepted. It listens nowhere itself. */
export class TlsServer {
  readonly #server: Server;
  /** By the client's address: Node tells which of its connections is secure by that alone. */
  readonly #awaited = new Map<string, (secure: TLSSocket) => void>();

  /**
   * @param offersHttp2 whether HTTP/2 is offered beside HTTP/1.1
   * @throws for certificates and keys that cannot be read, or do not belong together
   */
  constructor({ tls, accepts }: TlsServerOptions, { offersHttp2 }: { offersHttp2: boolean }) {
    const protocols = offersHttp2 ? { ALPNProtocols: ['h2', 'http/1.1'] } : {};
    this.#server = createServer({ ...tls, ...protocols });
    this.#server.on('secureConnection', (secure) => {
      secure.on('error', () => {});
      if (accepts?.(secure) === false) secure.destroy();
      else this.#awaited.get(clientOf(secure))?.(secure);
    });
    // The client has been told by an alert.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /**
   * Takes over a client's connection, with what it has sent already; a failed handshake ends it.
   * @param first what of it has been read, the beginning of its ClientHello at least
   */
  accept(socket: Socket, first: Buffer, onSecure: (secure: TLSSocket) => void): void {
    const client = clientOf(socket);
    this.#awaited.set(client, onSecure);
    socket.once('close', () => this.#awaited.delete(client));
    socket.unshift(first);
    this.#server.emit('connection', socket);
  }
}

function clientOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`;
}
