import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Case, type CaseRequest, outside } from '../src/cases.ts';
import { byHand, collect, exchange, inTls, isOdd, type Received } from '../src/proxy-client.ts';
import { addresses } from './network.ts';

/** What came of a request. */
export type Came =
  | (Received & { certificate?: string })
  | { data: string; closed: boolean; certificate?: string }
  | { error: string };

/** The ports of the gateway's Service, and those that its proxy binds. */
const gatewayPorts: ReadonlyMap<number, number> = new Map([
  [80, 8080],
  [443, 8443],
]);

/** How long bytes are waited for after the last, in milliseconds. */
const silenceMs = 1000;

/** Sends a request as the workload hello-page does: its sidecar is in the way, or it asks the gateway. */
export async function send(request: CaseRequest, proxy: Case['proxy']): Promise<Came> {
  const started = performance.now();
  let socket: Socket;
  try {
    socket = await dial(request, proxy);
  } catch {
    return { error: 'connection refused' };
  }
  try {
    if (request.tls !== undefined) socket = await inTls(socket, request.tls.sni);
    const shown = certificateOf(socket);
    if (request.raw !== undefined) return { ...(await collect(socket, request.raw, silenceMs)), ...shown };
    const way = { createConnection: () => socket };
    const received = isOdd(request)
      ? await byHand(request, (raw) => collect(socket, raw, silenceMs))
      : await exchange(request, request.path, way, started);
    return { ...received, ...shown };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { error: code.startsWith('ERR_SSL') ? `TLS: ${reasonIn(message)}` : 'connection closed' };
  } finally {
    socket.destroy();
  }
}

async function dial(request: CaseRequest, proxy: Case['proxy']): Promise<Socket> {
  const toGateway = proxy === 'gateway' && request.from !== 'sidecar';
  const host = toGateway ? addresses.gateway : (request.address ?? outside);
  const port = toGateway ? (gatewayPorts.get(request.port) ?? request.port) : request.port;
  const socket = connect({ host, port, localAddress: addresses.workload });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

function certificateOf(socket: Socket): { certificate?: string } {
  if (!('encrypted' in socket)) return {};
  return { certificate: String((socket as TLSSocket).getPeerCertificate().subject.CN) };
}

/** OpenSSL's word for it, without where in OpenSSL it stands: `wrong version number`. */
function reasonIn(message: string): string {
  return /SSL routines:[^:]*:([^:]*):/.exec(message)?.[1] ?? message;
}
