import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { HEADERS } from './headers.ts';

// Both sides of a service that is measured, as bare as they can be: it has to be the service that is busy. Where its callers
// are, it waits after each request, and how many requests it then finds at once makes more of a difference than its code.

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello';

/** A server that answers whatever ends like a head; gives its URL. */
export async function startUpstream(): Promise<string> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      if (data.toString('latin1', data.length - 4) === '\r\n\r\n') socket.write(ANSWER);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/hello`;
}

/** Connections that ask one path of a service, each for its next answer as soon as it has one. */
export class Callers {
  readonly #request: string;
  readonly #sockets: readonly Socket[];

  constructor(url: string, path: string, connections = 16) {
    const { hostname, port, host } = new URL(url);
    const lines = Object.entries({ host, ...HEADERS }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#request = `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
    this.#sockets = Array.from({ length: connections }, () =>
      connect(Number(port), hostname).setNoDelay(true),
    );
  }

  async ask(requests: number): Promise<void> {
    let left = requests;
    await Promise.all(
      this.#sockets.map(async (socket) => {
        while (left-- > 0) await this.#askOnce(socket);
      }),
    );
  }

  #askOnce(socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let answer = '';
      socket.on('data', function read(data) {
        answer += data.toString('latin1');
        if (!answer.endsWith('hello')) return;
        socket.off('data', read);
        if (answer.startsWith('HTTP/1.1 200 ')) resolve();
        else reject(new Error(`The service answered ${answer}`));
      });
      socket.write(this.#request);
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
