import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { Address } from './address.js';
import { acceptClient } from './downstream/accept-client.js';
import type { ClientConnection } from './downstream/client-connection.js';
import { defaultLimits } from './limits.js';
import type { Bound, MeshProxy, ProxyOptions, ProxyStats } from './options.js';
import type { PortRole } from './port-role.js';
import type { Runtime } from './runtime.js';
import { Dialler } from './upstream/dialler.js';
import { NameResolver } from './upstream/name-resolver.js';
import { systemCertificates } from './upstream/tls-settings.js';
import { Upstreams } from './upstream/upstreams.js';

export { Gateway, type ServerCredentials } from './gateway.js';
export type { MeshProxy, ProxyOptions } from './options.js';

/** How often limits of time are looked at: one timer for all connections costs less than one for each. */
const sweepMs = 1000;

/** A local mesh's data path. It listens nowhere until `listen` is called. */
export function createProxy(options: ProxyOptions): MeshProxy {
  return new DataPath(options);
}

class DataPath implements MeshProxy {
  readonly stats: ProxyStats = { connections: 0, activeRequests: 0, requests: 0 };
  readonly #servers = new Set<Server>();
  readonly #own: AddressInfo[] = [];
  readonly #connections = new Set<ClientConnection>();
  readonly #resolver = new NameResolver();
  readonly #runtime: Runtime;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(options: ProxyOptions) {
    this.#runtime = {
      options,
      limits: { ...defaultLimits, ...options.limits },
      serverName: options.gateway === undefined ? 'envoy' : 'istio-envoy',
      random: options.random ?? Math.random,
      upstreams: new Upstreams(
        new Dialler({
          dial: options.dial ?? ((address: Address) => address),
          lookup: this.#resolver.lookup,
          isOwn: (socket) => this.#isOwn(socket),
          trusted: options.trustedCertificates ?? systemCertificates,
        }),
      ),
      lookup: (name) =>
        this.#resolver.addresses(name).then(
          () => true,
          () => false,
        ),
      stats: this.stats,
      draining: false,
    };
  }

  listen({ host, port }: { host: string; port: number }, role: PortRole = { kind: 'proxy' }): Promise<Bound> {
    const server = createServer({ noDelay: true });
    server.on('connection', (socket) => this.#accept(socket, role));
    this.#sweeper ??= setInterval(() => this.#sweep(), sweepMs).unref();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, backlog: 4096 }, () => {
        server.off('error', reject);
        const bound = server.address() as AddressInfo;
        this.#servers.add(server);
        this.#own.push(bound);
        resolve({ address: bound.address, port: bound.port, close: () => this.#leave(server, bound) });
      });
    });
  }

  async drain(seconds: number): Promise<void> {
    this.#runtime.draining = true;
    const closed = [...this.#servers].map(closeServer);
    for (const connection of this.#connections) connection.drain();
    const limit = setTimeout(() => this.#destroyAll(), seconds * 1000);
    await Promise.all(closed);
    clearTimeout(limit);
    await this.close();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const closed = [...this.#servers].map(closeServer);
    this.#destroyAll();
    this.#runtime.upstreams.close();
    await Promise.all(closed);
    // A server says that it is closed before its last sockets, which are destroyed, do.
    while (this.#connections.size > 0) await setImmediate();
    this.#servers.clear();
  }

  /** What is under way on connections to it goes on. */
  #leave(server: Server, bound: AddressInfo): void {
    server.close();
    this.#servers.delete(server);
    this.#own.splice(this.#own.indexOf(bound), 1);
  }

  #accept(socket: Socket, role: PortRole): void {
    const { limits } = this.#runtime;
    if (this.#connections.size >= limits.maxConnections || this.#runtime.draining) {
      socket.destroy();
      return;
    }
    const connection = acceptClient(this.#runtime, socket, role);
    this.#connections.add(connection);
    this.stats.connections++;
    socket.once('close', () => {
      this.#connections.delete(connection);
      this.stats.connections--;
    });
  }

  #destroyAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.enforceLimits(now);
    this.#runtime.upstreams.sweep();
    this.#resolver.sweep();
  }

  /**
   * A listener on every address is reached by any of the machine's own. A socket to one of them has it at both ends, but for those of the
   * loopback network, which are all called from 127.0.0.1.
   */
  #isOwn({ remoteAddress, remotePort, localAddress }: Socket): boolean {
    const remote = plain(remoteAddress);
    const isThisMachine = remoteAddress === localAddress || remote?.startsWith('127.') === true;
    return this.#own.some(({ address, port }) => {
      if (port !== remotePort) return false;
      const isWildcard = address === '0.0.0.0' || address === '::';
      return address === remote || (isWildcard && isThisMachine);
    });
  }
}

/** An IPv4 address inside an IPv6 socket, as IPv4. */
function plain(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:/, '');
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
