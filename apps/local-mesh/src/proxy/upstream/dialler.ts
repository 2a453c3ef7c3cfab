import { connect, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsOrigination } from '@grayscale/traffic-rules';
import type { Address } from '../address.js';

/** How a server is reached. */
export interface Destination {
  address: Address;
  connectTimeoutMs: number;
  tls?: TlsOrigination;
}

/** `loop`: the address is the proxy's own. */
export type ConnectFailure = 'refused' | 'timeout' | 'name-not-found' | 'loop';

export interface ConnectCallbacks {
  onConnected(socket: Socket): void;
  onFailure(kind: ConnectFailure): void;
}

export interface DiallerOptions {
  dial: (address: Address) => Address;
  lookup: LookupFunction;
  /** Whether a connected socket leads to the proxy itself. */
  isOwn: (socket: Socket) => boolean;
}

/** RFC 6761: never resolves. */
const noSuchName = 'empty.invalid';

/** Opens connections to servers. */
export class Dialler {
  constructor(private readonly options: DiallerOptions) {}

  /**
   * @param alpn the protocols to offer over TLS
   * @returns what ends the attempt; nothing is called back then
   */
  connect(destination: Destination, alpn: readonly string[], callbacks: ConnectCallbacks): () => void {
    const { dial, lookup, isOwn } = this.options;
    const socket = openSocket(destination, dial(destination.address), lookup, alpn);
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
}

function openSocket(
  { tls }: Destination,
  address: Address,
  lookup: LookupFunction,
  alpn: readonly string[],
): Socket {
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
    ALPNProtocols: [...alpn],
    ...(tls.serverName?.kind === 'fixed' && { servername: tls.serverName.name }),
  });
}

function failureKind(error: NodeJS.ErrnoException): ConnectFailure {
  return error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN' ? 'name-not-found' : 'refused';
}

function ignore(): void {}
