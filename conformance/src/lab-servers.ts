import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { backends, resolved } from './cases.ts';
import { EchoServer } from './echo-server.ts';

/** The ports on which every backend of the recordings listens, and what is spoken there. */
const protocols: ReadonlyMap<number, 'http' | 'http2' | 'https' | 'tcp' | 'banner'> = new Map([
  ...[80, 8080, 9090, 9091, 43990, 43991].map((port) => [port, 'http'] as const),
  [7070, 'http2'],
  [443, 'https'],
  [8443, 'https'],
  [9000, 'tcp'],
  [9002, 'banner'],
]);

/** A file of `certificates/`. */
export function certificateFile(name: string): string {
  return join(import.meta.dirname, '../certificates', name);
}

/** Where a server of the recordings is bound. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** On this machine, beside whatever else runs. */
const onFreePort = (): Place => ({ host: '127.0.0.1', port: 0 });

/** The backends of the recordings. */
export class Lab {
  readonly #servers = new Map<string, Server>();
  readonly #sockets = new Set<Socket>();
  readonly #echo = new EchoServer();
  /** Nothing listens here. */
  #refusing = 0;
  readonly #place: (recorded: Place) => Place;

  /** @param place where the server of a recorded address and port is bound; a free loopback port by default */
  constructor(place: (recorded: Place) => Place = onFreePort) {
    this.#place = place;
  }

  async start(): Promise<void> {
    for (const [address, name] of Object.entries(backends)) {
      if (name === 'dead') continue;
      for (const [port, protocol] of protocols) {
        const server = this.#server(`${name}:${port}`, protocol);
        server.on('connection', (socket) => {
          this.#sockets.add(socket);
          socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
        });
        this.#servers.set(`${address}:${port}`, await listen(server, this.#place({ host: address, port })));
      }
    }
    const closed = await listen(createTcpServer(), onFreePort());
    this.#refusing = (closed.address() as AddressInfo).port;
    await close(closed);
  }

  async stop(): Promise<void> {
    const closed = [...this.#servers.values()].map(close);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  /** Where an address of the recordings, or what a name leads to there, stands on this machine. */
  dial({ host, port }: Place): Place {
    const server = this.#servers.get(`${resolved(host)}:${port}`);
    return {
      host: '127.0.0.1',
      port: server === undefined ? this.#refusing : (server.address() as AddressInfo).port,
    };
  }

  /** Tries of each backend since `forget`. */
  attempts(): Record<string, number> {
    return this.#echo.attempts();
  }

  forget(): void {
    this.#echo.forget();
  }

  #server(name: string, protocol: 'http' | 'http2' | 'https' | 'tcp' | 'banner'): Server {
    const listener = this.#echo.listener(name);
    switch (protocol) {
      case 'http':
        return createHttpServer(listener);
      case 'http2':
        return createHttp2Server(listener as never);
      case 'https':
        return createHttpsServer(ofBackends(), listener as RequestListener);
      case 'tcp':
        return createTcpServer((socket) => {
          socket.once('data', (bytes) => socket.end(`${name} ${got(bytes)}`));
        });
      case 'banner':
        return createTcpServer((socket) => {
          socket.write(`${name} banner\n`);
          socket.once('data', (bytes) => socket.end(got(bytes)));
        });
    }
  }
}

function ofBackends() {
  return {
    cert: readFileSync(certificateFile('backend.pem')),
    key: readFileSync(certificateFile('backend.key')),
    ALPNProtocols: ['http/1.1'],
  };
}

function got(bytes: Buffer): string {
  return `got ${JSON.stringify(bytes.toString('latin1'))}\n`;
}

function listen(server: Server, { host, port }: Place): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
