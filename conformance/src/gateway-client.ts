import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { CaseRequest } from './cases.ts';
import { byHand, collect, exchange, inTls, isOdd, type Received } from './proxy-client.ts';

/** An answer of a gateway's, with the name of the certificate that it showed. */
export interface GatewayAnswer extends Received {
  certificate?: string;
}

/** Asks a gateway as its clients do, who know of no proxy. @param port where it listens on this machine */
export async function askGateway(request: CaseRequest, port: number): Promise<GatewayAnswer> {
  const started = performance.now();
  if (isOdd(request)) return await byHand(request, (raw) => sendToGateway({ ...request, raw }, port, 300));
  const plain = connect(port, '127.0.0.1');
  await once(plain, 'connect');
  const socket = request.tls === undefined ? plain : await inTls(plain, request.tls.sni);
  try {
    const received = await exchange(request, request.path, { createConnection: () => socket }, started);
    return { ...received, ...certificateOf(socket) };
  } finally {
    socket.destroy();
  }
}

/** Sends bytes; everything that came back until it was silent for so long. */
export async function sendToGateway(
  { raw = '' }: CaseRequest,
  port: number,
  silenceMs: number,
): Promise<{ data: string; closed: boolean }> {
  return await collect(connect(port, '127.0.0.1'), raw, silenceMs);
}

function certificateOf(socket: Socket): { certificate?: string } {
  if (!('encrypted' in socket)) return {};
  return { certificate: String((socket as TLSSocket).getPeerCertificate().subject.CN) };
}
