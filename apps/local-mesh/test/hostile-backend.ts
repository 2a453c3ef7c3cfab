import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Of an answer to `/large`; the others have two bytes. */
const largeBytes = 8 * 1024 * 1024;
const chunk = Buffer.alloc(64 * 1024);

/** A server in HTTP/2 that answers everything, and can do so at length. */
export class HostileBackend {
  readonly #server = createServer();
  readonly #sessions = new Set<{ destroy(): void }>();
  requests = 0;

  async listen(): Promise<number> {
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => {});
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on('stream', (stream, headers) => {
      this.requests++;
      stream.on('error', () => {});
      stream.resume();
      stream.respond({ ':status': 200 });
      if (headers[':path'] !== '/large') {
        stream.end('ok');
        return;
      }
      let left = largeBytes;
      const more = (): void => {
        while (left > 0) {
          left -= chunk.length;
          if (!stream.write(chunk)) {
            stream.once('drain', more);
            return;
          }
        }
        stream.end();
      };
      more();
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
