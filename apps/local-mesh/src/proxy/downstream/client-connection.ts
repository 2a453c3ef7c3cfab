import type { Socket } from 'node:net';
import { addressText } from '../address.js';
import type { Runtime } from '../runtime.js';
import type { Dialled } from '../target.js';
import type { ClientInfo } from './client-info.js';
import { FirstBytes, type FirstBytesOptions } from './first-bytes.js';
import { Http1ClientConnection } from './http1-client-connection.js';
import { Http2ClientConnection } from './http2-client-connection.js';
import { refuse } from './refusal.js';
import { serverNameOf } from './server-name.js';
import { sniff, startsHttp2 } from './sniff.js';
import type { Stage } from './stage.js';
import { connectionEstablished, dependsOnServerName, openTunnel } from './tunnel.js';
import { Waiting } from './waiting.js';

/** Where a client's CONNECT leads. */
interface Destination {
  host: string;
  port: number;
}

/** One client's connection from its first byte to its last: finds out what it carries, and has it served. */
export class ClientConnection {
  readonly #address: string;
  readonly #localAddress: string;
  #stage: Stage;

  constructor(
    private readonly runtime: Runtime,
    private readonly socket: Socket,
    private readonly ownPort: number,
  ) {
    this.#address = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#localAddress = socket.localAddress ?? '';
    // A reset shows as a close.
    socket.on('error', () => {});
    this.#stage = new Waiting(runtime, socket);
    this.#serveProxy();
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
    this.socket.destroy();
  }

  /** The proxy itself is asked, in HTTP/1 or HTTP/2. */
  #serveProxy(): void {
    const info = this.#infoOf((isUrl) => (isUrl ? undefined : this.#standsFor()));
    const serveHttp1 = (first: Buffer): Http1ClientConnection =>
      this.#serveHttp1(first, info, (to, rest) => this.#connect(to, rest));
    this.#await({
      tell: (bytes) => {
        const isHttp2 = startsHttp2(bytes);
        return isHttp2 === 'unknown' ? undefined : isHttp2;
      },
      onTold: (isHttp2, first) => {
        if (isHttp2) this.#serveHttp2(first, info);
        else serveHttp1(first);
      },
      onTimeout: () => serveHttp1(Buffer.alloc(0)).onHeadTimeout(),
    });
  }

  /** A request in origin form to a proxy that stands for a sidecar's own listener was dialled to that listener's port. */
  #standsFor(): Dialled | undefined {
    const { standsFor, hasListener, gatewayPort } = this.runtime.options;
    const served = gatewayPort?.();
    if (served !== undefined) return { port: served };
    return (standsFor ?? hasListener)?.(this.ownPort) ? { port: this.ownPort } : undefined;
  }

  #connect(to: Destination, rest: Buffer): void {
    if (this.runtime.options.hasListener?.(to.port) === false) {
      // A server may be the first to speak, so it is not waited for the client where that changes nothing.
      if (!dependsOnServerName(this.runtime, to)) this.#tunnel(to, rest, { answered: false });
      else {
        this.#established();
        this.#awaitServerName(to, rest);
      }
      return;
    }
    this.#enter(new Waiting(this.runtime, this.socket));
    this.#leadsNowhere(to).then(
      (nowhere) => this.#answerConnect(to, rest, nowhere),
      // A fault of the engine's: each request behind it gets its own answer.
      () => this.#answerConnect(to, rest, false),
    );
  }

  #answerConnect(to: Destination, rest: Buffer, nowhere: boolean): void {
    if (this.socket.destroyed) return;
    if (nowhere) {
      const [body, details] = ['DNS resolution failure', 'dns_resolution_failure'];
      refuse(this.runtime, this.socket, { client: this.#address, status: 503, body, details });
      return;
    }
    this.#established();
    this.#sniff(to, rest);
  }

  #established(): void {
    this.socket.write(connectionEstablished, 'latin1');
  }

  /** Whether no rule knows a host, and no resolver either: then it is better said now than by a tunnel that ends at once. */
  async #leadsNowhere({ host, port }: Destination): Promise<boolean> {
    const { options, lookup } = this.runtime;
    if (options.resolve?.(host, port) !== undefined) return false;
    const authority = addressText({ host, port });
    const request = { method: 'GET', scheme: 'http', authority, port, path: '/', headers: [] } as const;
    if (options.route(request, 0).kind !== 'pass-through') return false;
    return !(await lookup(host));
  }

  /** A port of HTTP, where a sidecar looks whether it is HTTP that is spoken. */
  #sniff(to: Destination, early: Buffer): void {
    const info = this.#infoOf(() => to);
    const options: FirstBytesOptions<'http' | 'http2' | 'other'> = {
      tell: (bytes) => {
        const kind = sniff(bytes);
        return kind === 'unknown' ? undefined : kind;
      },
      onTold: (kind, first) => {
        if (kind === 'http2') this.#serveHttp2(first, info);
        else if (kind === 'http') this.#serveHttp1(first, info);
        else this.#awaitServerName(to, first);
      },
    };
    this.#await(options, early);
  }

  #awaitServerName(to: Destination, early: Buffer): void {
    this.#await(
      {
        tell: (bytes) => {
          const name = serverNameOf(bytes);
          return name === undefined ? undefined : { name };
        },
        onTold: ({ name }, first) => this.#tunnel(to, first, { answered: true, sni: name }),
      },
      early,
    );
  }

  #tunnel(
    { host, port }: Destination,
    first: Buffer,
    known: { answered: boolean; sni?: string | null },
  ): void {
    this.socket.pause();
    this.#enter(new Waiting(this.runtime, this.socket));
    openTunnel(this.runtime, this.socket, { host, port, first, client: this.#address, ...known });
  }

  #await<Kind>(options: FirstBytesOptions<Kind>, early?: Buffer): void {
    this.#enter(new FirstBytes(this.runtime, this.socket, options)).start(early);
  }

  #serveHttp1(
    first: Buffer,
    info: ClientInfo,
    onConnect?: (to: Destination, rest: Buffer) => void,
  ): Http1ClientConnection {
    const connection = this.#enter(new Http1ClientConnection(this.runtime, this.socket, info, onConnect));
    connection.start(first);
    return connection;
  }

  #serveHttp2(first: Buffer, info: ClientInfo): void {
    this.socket.pause();
    this.#enter(new Http2ClientConnection(this.runtime, this.socket, info, first));
  }

  #enter<Entered extends Stage>(stage: Entered): Entered {
    this.#stage = stage;
    return stage;
  }

  #infoOf(dialled: ClientInfo['dialled']): ClientInfo {
    return { address: this.#address, localAddress: this.#localAddress, dialled };
  }
}
