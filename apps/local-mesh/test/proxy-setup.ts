import type { AccessRecord } from '../src/proxy/access-record.js';
import type { ProxyOptions, Routing } from '../src/proxy/options.js';
import { createProxy, type MeshProxy } from '../src/proxy/proxy.js';
import { RawClient } from './raw-client.js';
import { RawServer } from './raw-server.js';

/** What the backend answers with, unless a test has it say something else. */
export const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** A proxy between a backend and clients of bare sockets, anew for each test: `open` before it, `close` after it. */
export class ProxySetup {
  backend!: RawServer;
  proxy!: MeshProxy;
  /** Where the proxy listens. */
  port = 0;
  /** What the proxy has told of finished requests since it started. */
  records: AccessRecord[] = [];
  readonly #ends: Array<() => unknown> = [];

  async open(): Promise<void> {
    this.backend = await new RawServer((socket) => socket.write(ok)).listen();
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    await this.proxy.close();
    await this.backend.stop();
  }

  /** @param port 0: a free one */
  async start(options: Partial<ProxyOptions> & Routing, port = 0): Promise<void> {
    this.records = [];
    this.proxy = createProxy({ onComplete: (record) => this.records.push(record), ...options });
    this.port = (await this.proxy.listen({ host: '127.0.0.1', port })).port;
  }

  /** @param port of the proxy; the one it was started with unless given */
  connect(port = this.port): RawClient {
    const client = new RawClient(port);
    this.onClose(() => client.close());
    return client;
  }

  /** What else ends with the test, before the proxy does. */
  onClose(end: () => unknown): void {
    this.#ends.push(end);
  }
}
