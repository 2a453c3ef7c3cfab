import { createServer, type Server } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '@grayscale/seeded-random';
import { hostileRequest, sendAndEnd } from './hostile-requests.js';

/** Connections at once. */
const width = 128;

/** A server with Node's strict parser, which says what it could not read. */
export class StrictBackend {
  readonly unreadable: string[] = [];
  requests = 0;
  readonly #server: Server = createServer({ maxHeaderSize: 131_072 }, (request, response) => {
    this.requests++;
    request.resume();
    response.end('ok');
  });

  constructor() {
    this.#server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
      socket.destroy();
      // Only what the parser says: a client that went away in the middle of its request is none of it.
      if (!error.code?.startsWith('HPE_') || error.code === 'HPE_INVALID_EOF_STATE') return;
      this.unreadable.push(`${error.message}: ${error.rawPacket?.toString('latin1')}`);
    });
    this.#server.on('upgrade', (_request, socket) => socket.destroy());
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()));
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** Sends so many mutated requests to a mesh, and waits so long for the answer to each. */
export async function sendHostile(
  port: number,
  { count, seed, patienceMs }: { count: number; seed: number; patienceMs: number },
): Promise<void> {
  const random = new Random(seed);
  let left = count;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) await sendAndEnd(port, hostileRequest(random), patienceMs);
    }),
  );
}

const ordinary = 'GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n';

/** Asks a mesh so many times for what a hostile server is to answer. */
export async function sendOrdinary(
  port: number,
  { count, patienceMs }: { count: number; patienceMs: number },
): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) await sendAndEnd(port, ordinary, patienceMs);
    }),
  );
}

/** Whether a mesh still answers. */
export function stillAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    let received = '';
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(received.startsWith('HTTP/1.1 200 OK')));
    socket.on('data', (data) => {
      received += data.toString('latin1');
    });
    socket.write('GET / HTTP/1.1\r\nHost: back.ext\r\nConnection: close\r\n\r\n');
  });
}

/** Whether a mesh answers whose connections to the server were cut just now: one of them may still be given a request. */
export async function answersAgain(port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await stillAnswers(port)) return true;
    await delay(100);
  }
  return false;
}
