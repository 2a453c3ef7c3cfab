import { connect, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Address, addressText } from '../address.js';
import { UpstreamConnection } from './upstream-connection.js';

export interface Destination {
  address: Address;
  connectTimeoutMs: number;
  tls?: { sni?: string };
}

/** One server: what is open to it, and how many requests are under way. */
export interface UpstreamHost {
  readonly key: string;
  readonly destination: Destination;
  readonly idle: UpstreamConnection[];
  active: number;
}

/** `loop`: the address is the proxy's own. */
export type ConnectFailure = 'refused' | 'timeout' | 'name-not-found' | 'loop';

interface ConnectCallbacks<Connected> {
  onConnected(connected: Connected): void;
  onFailure(kind: ConnectFailure): void;
}

interface PoolOptions {
  dial: (address: Address) => Address;
  lookup: LookupFunction;
  /** Whether a connected socket leads to the proxy itself. */
  isOwn: (socket: Socket) => boolean;
}

const idleLimitMs = 60_000;
/** RFC 6761: never resolves. */
const noSuchName = 'empty.invalid';

/** Connections to servers, kept open between requests; the same ones whatever rules are in force. */
export class UpstreamPool {
  readonly #hosts = new Map<string, UpstreamHost>();
  readonly #open = new Set<UpstreamConnection>();

  constructor(private readonly options: PoolOptions) {}

  host(destination: Destination): UpstreamHost {
    const { address, tls } = destination;
    const key = tls === undefined ? addressText(address) : `${addressText(address)} tls ${tls.sni ?? ''}`;
    let host = this.#hosts.get(key);
    if (host === undefined) {
      host = { key, destination, idle: [], active: 0 };
      this.#hosts.set(key, host);
    }
    return host;
  }

  /** Requests under way to an address, for LEAST_REQUEST. */
  activeRequests(address: Address): number {
    return this.#hosts.get(addressText(address))?.active ?? 0;
  }

  /** An idle connection at once, or a new one. The result ends the attempt to connect. */
  acquire(host: UpstreamHost, callbacks: ConnectCallbacks<UpstreamConnection>): (() => void) | undefined {
    const now = Date.now();
    for (let idle = host.idle.pop(); idle !== undefined; idle = host.idle.pop()) {
      if (idle.usable && now < idle.expiresAt) {
        callbacks.onConnected(idle);
        return undefined;
      }
      idle.abort();
    }
    return this.connectRaw(host.destination, {
      onConnected: (socket) => callbacks.onConnected(this.#adopt(host, socket)),
      onFailure: callbacks.onFailure,
    });
  }

  /** A connection of its own, for a tunnel. The result ends the attempt to connect. */
  connectRaw(destination: Destination, callbacks: ConnectCallbacks<Socket>): () => void {
    const { dial, lookup, isOwn } = this.options;
    const socket = openSocket(destination, dial(destination.address), lookup);
    let settled = false;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      socket.off('error', onError);
      return true;
    };
    const drop = (): boolean => {
      if (!settle()) return false;
      socket.on('error', ignore);
      socket.destroy();
      return true;
    };
    const fail = (kind: ConnectFailure): void => {
      if (drop()) callbacks.onFailure(kind);
    };
    const onError = (error: NodeJS.ErrnoException): void => fail(failureKind(error));
    const timer = setTimeout(fail, destination.connectTimeoutMs, 'timeout');
    socket.on('error', onError);
    socket.once('connect', () => {
      if (isOwn(socket)) fail('loop');
      else if (destination.tls === undefined && settle()) callbacks.onConnected(socket);
    });
    socket.once('secureConnect', () => {
      if (settle()) callbacks.onConnected(socket);
    });
    return drop;
  }

  /** Closes what has been idle for long; called now and then. */
  sweep(): void {
    const now = Date.now();
    for (const [key, host] of this.#hosts) {
      for (const connection of [...host.idle]) {
        if (now >= connection.expiresAt || now - connection.idleSince > idleLimitMs) connection.abort();
      }
      if (host.active === 0 && host.idle.length === 0) this.#hosts.delete(key);
    }
  }

  close(): void {
    for (const connection of this.#open) connection.abort();
  }

  #adopt(host: UpstreamHost, socket: Socket): UpstreamConnection {
    const connection = new UpstreamConnection(
      socket,
      (idle) => {
        idle.idleSince = Date.now();
        host.idle.push(idle);
      },
      (closed) => {
        this.#open.delete(closed);
        const index = host.idle.indexOf(closed);
        if (index >= 0) host.idle.splice(index, 1);
      },
    );
    this.#open.add(connection);
    return connection;
  }
}

function openSocket({ tls }: Destination, address: Address, lookup: LookupFunction): Socket {
  const { host, port } = address;
  if (host.startsWith('unix://')) return connect({ path: host.slice('unix://'.length) });
  // An empty name would mean this machine to `connect`.
  if (tls === undefined) return connect({ host: host || noSuchName, port, lookup, noDelay: true });
  // Istio does not verify a certificate unless a CA is given (IST0128); a laptop has none.
  return connectTls({
    host: host || noSuchName,
    port,
    lookup,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(tls.sni === undefined ? {} : { servername: tls.sni }),
  });
}

function failureKind(error: NodeJS.ErrnoException): ConnectFailure {
  return error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN' ? 'name-not-found' : 'refused';
}

function ignore(): void {}
