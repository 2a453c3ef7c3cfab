import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { backends, type Headers } from './cases.js';

/** What a backend says about the request that it got. */
export interface Echo {
  backend: string;
  method: string;
  path: string;
  host: string;
  headers: Headers;
  /** All of them, names and values in turn. */
  rawHeaders: readonly string[];
  body: string;
  /** Which try of this request reached it. */
  attempt: number;
}

/** The ports on which every backend of the recordings listens. */
const ports = [80, 8080, 9090, 9091, 43990, 43991];

/** Headers that say how a message is carried, not what it is. */
const carriers = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

/**
 * The backends of the recordings on free loopback ports: they echo the request, count tries and obey `x-lab`
 * (`delay=MS`, `fail=STATUS`, `fail=STATUSxN`, `close=N`, `set-cookie`).
 */
export class Lab {
  readonly #servers = new Map<string, Server>();
  readonly #attempts = new Map<string, number>();
  /** Nothing listens here. */
  #refusing = 0;

  async start(): Promise<void> {
    for (const [address, name] of Object.entries(backends)) {
      if (name === 'dead') continue;
      for (const port of ports) this.#servers.set(`${address}:${port}`, await this.#serve(`${name}:${port}`));
    }
    const closed = await listen(createServer());
    this.#refusing = (closed.address() as AddressInfo).port;
    await close(closed);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(close));
  }

  /** Where an address of the recordings stands on this machine. */
  dial({ host, port }: { host: string; port: number }): { host: string; port: number } {
    const server = this.#servers.get(`${host}:${port}`);
    return {
      host: '127.0.0.1',
      port: server === undefined ? this.#refusing : (server.address() as AddressInfo).port,
    };
  }

  /** Tries of each backend since `forget`. */
  attempts(): Record<string, number> {
    return Object.fromEntries(this.#attempts);
  }

  forget(): void {
    this.#attempts.clear();
  }

  #serve(name: string): Promise<Server> {
    return listen(createServer((request, response) => void this.#answer(name, request, response)));
  }

  async #answer(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    const orders = new Map(
      String(request.headers['x-lab'] ?? '')
        .split(',')
        .map((order) => order.trim().split('=', 2) as [string, string]),
    );
    let body = '';
    request.setEncoding('latin1').on('data', (text: string) => {
      body += text;
    });
    await new Promise((resolve) => request.on('end', resolve).on('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, Number(orders.get('delay') ?? 0)));
    if (attempt <= Number(orders.get('close') ?? 0)) {
      request.socket.destroy();
      return;
    }
    const echo = { backend: name, ...described(request), body, attempt };
    response.writeHead(failure(orders.get('fail'), attempt), [
      ...['content-type', 'application/json', 'x-backend', name, 'x-from', 'a', 'x-from', 'b'],
      ...(orders.has('set-cookie') ? ['set-cookie', 'a=1', 'set-cookie', 'b=2'] : []),
    ]);
    response.end(JSON.stringify(echo), 'latin1');
  }
}

function described({ method = '', url = '', rawHeaders, headers }: IncomingMessage) {
  const pairs: Array<[string, string]> = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!carriers.has(name.toLowerCase())) pairs.push([name, rawHeaders[i + 1] as string]);
  }
  return { method, path: url, host: headers.host ?? '', headers: pairs, rawHeaders };
}

function failure(order: string | undefined, attempt: number): number {
  if (order === undefined) return 200;
  const [status, times] = order.split('x', 2);
  return times === undefined || attempt <= Number(times) ? Number(status) : 200;
}

function listen(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
