import { connect, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsOrigination } from '@grayscale/traffic-rules';
import type { Address } from '../address.js';
import { startTimer } from '../timer.js';
import { type TrustedCertificates, tlsOptions, UnusableTls } from './tls-settings.js';

/** How a server is reached. */
export interface DialTarget {
  address: Address;
  connectTimeoutMs: number;
  /** `host`: the Host that is sent, without its port. */
  tls?: { settings: TlsOrigination; host: string };
}

/** `loop`: the address is the proxy's own; `overflow`: a limit of the cluster's leaves no room. */
export type ConnectFailure = 'refused' | 'timeout' | 'name-not-found' | 'loop' | 'overflow';

export interface ConnectCallbacks {
  onConnected(socket: Socket): void;
  onFailure(kind: ConnectFailure): void;
}

export interface DiallerOptions {
  dial: (address: Address) => Address;
  lookup: LookupFunction;
  /** Whether a connected socket leads to the proxy itself. */
  isOwn: (socket: Socket) => boolean;
  /** For servers whose certificate the rules hold to what the machine trusts. */
  trusted: TrustedCertificates;
}

/** RFC 6761: never resolves. */
const noSuchName = 'empty.invalid';

/** Opens connections to servers. */
export class Dialler {
  constructor(private readonly options: DiallerOptions) {}

  /** The result ends the attempt, and nothing is called back then; false: it was over already. */
  connect(target: DialTarget, callbacks: ConnectCallbacks): () => boolean {
    const { dial, isOwn } = this.options;
    let socket: Socket;
    try {
      socket = openSocket(target, dial(target.address), this.options);
    } catch (error) {
      if (!(error instanceof UnusableTls)) throw error;
      let isOver = false;
      const over = (): boolean => {
        if (isOver) return false;
        isOver = true;
        return true;
      };
      setImmediate(() => {
        if (over()) callbacks.onFailure('refused');
      });
      return over;
    }
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
    const timer = startTimer(() => fail('timeout'), target.connectTimeoutMs);
    socket.on('error', onError);
    socket.once('connect', () => {
      if (isOwn(socket)) fail('loop');
      else if (target.tls === undefined && settle()) callbacks.onConnected(socket);
    });
    socket.once('secureConnect', () => {
      if (settle()) callbacks.onConnected(socket);
    });
    return drop;
  }
}

function openSocket({ tls }: DialTarget, address: Address, { lookup, trusted }: DiallerOptions): Socket {
  const { host, port } = address;
  if (host.startsWith('unix://')) return connect({ path: host.slice('unix://'.length) });
  // An empty name would mean this machine to `connect`.
  const where = { host: host || noSuchName, port, lookup, noDelay: true };
  if (tls === undefined) return connect(where);
  return connectTls({ ...where, ...tlsOptions(tls.settings, tls.host, trusted) });
}

function failureKind(error: NodeJS.ErrnoException): ConnectFailure {
  return error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN' ? 'name-not-found' : 'refused';
}

function ignore(): void {}
