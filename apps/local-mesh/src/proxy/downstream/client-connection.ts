import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientInfo, EndedTls } from '../exchange/client-info.js';
import type { Runtime } from '../runtime.js';
import { FirstBytes, type FirstBytesOptions } from './first-bytes.js';
import { Http1ClientConnection, type Http1Options } from './http1-client-connection.js';
import { Http2ClientConnection } from './http2-client-connection.js';
import { refuse } from './refusal.js';
import type { Stage } from './stage.js';
import { openTunnel, type TunnelRequest } from './tunnel.js';
import { Waiting } from './waiting.js';

/** One client's connection from its first byte to its last: it goes from stage to stage, as the port that it came to says. */
export class ClientConnection {
  /** `address:port`. */
  readonly address: string;
  readonly localAddress: string;
  #stage: Stage;
  #socket: Socket;
  #tls: ClientInfo['tls'];

  constructor(
    readonly runtime: Runtime,
    socket: Socket,
  ) {
    this.#socket = socket;
    this.address = `${socket.remoteAddress}:${socket.remotePort}`;
    this.localAddress = socket.localAddress ?? '';
    // A reset shows as a close.
    socket.on('error', () => {});
    this.#stage = new Waiting(runtime, socket);
  }

  /** What is read and written: the client's own connection, or the TLS that ends here. */
  get socket(): Socket {
    return this.#socket;
  }

  enforceLimits(now: number): void {
    this.#stage.enforceLimits(now);
  }

  /** Ends it when nothing is under way on it, else tells the client that it ends with what is. */
  drain(): void {
    if (this.#stage.idle) this.destroy();
    else this.#stage.drain?.();
  }

  destroy(): void {
    this.#stage.destroy?.();
    this.#socket.destroy();
  }

  /** @param early what has come already */
  awaitFirstBytes<Kind>(options: FirstBytesOptions<Kind>, early?: Buffer): void {
    this.#enter(new FirstBytes(this.runtime, this.#socket, options)).start(early);
  }

  /** Nobody reads on until the next stage. */
  wait(): void {
    this.#socket.pause();
    this.#enter(new Waiting(this.runtime, this.#socket));
  }

  /** @param first what has come already */
  serveHttp1(first: Buffer, dialled: ClientInfo['dialled'], options?: Http1Options): Http1ClientConnection {
    const { runtime } = this;
    const connection = this.#enter(
      new Http1ClientConnection(runtime, this.#socket, this.#infoOf(dialled), options),
    );
    connection.start(first);
    return connection;
  }

  /** @param first what has come already, the preface at least */
  serveHttp2(first: Buffer, dialled: ClientInfo['dialled']): void {
    this.#socket.pause();
    this.#enter(new Http2ClientConnection(this.runtime, this.#socket, this.#infoOf(dialled), first));
  }

  /** From now on what is inside its TLS is read. */
  continueOver(secure: TLSSocket, tls: EndedTls): void {
    this.#socket = secure;
    this.#tls = tls;
    this.#enter(new Waiting(this.runtime, secure));
  }

  /** Joins it to where it leads. */
  tunnel(request: Omit<TunnelRequest, 'client'>): void {
    this.wait();
    openTunnel(this.runtime, this.#socket, { ...request, client: this.address });
  }

  refuse(answer: { status: number; body: string; details: string }): void {
    refuse(this.runtime, this.#socket, { client: this.address, ...answer });
  }

  #enter<Entered extends Stage>(stage: Entered): Entered {
    this.#stage = stage;
    return stage;
  }

  #infoOf(dialled: ClientInfo['dialled']): ClientInfo {
    return { address: this.address, localAddress: this.localAddress, dialled, tls: this.#tls };
  }
}
