import type { Socket } from 'node:net';
import type { AccessRecord } from '../access-record.js';
import { type ServerName, withDateAndServer } from '../headers/response-headers.js';
import { encodeResponse } from '../http1/message-encoder.js';
import type { Runtime } from '../runtime.js';

/** How long a client may go on sending after its connection was ended, so that it can read why. */
const lingerMs = 1000;

/** Answers what is not a request, tells of it, and ends the connection. */
export function refuse(
  { stats, options, serverName }: Runtime,
  socket: Socket,
  { client, status, body, details }: { client: string; status: number; body: string; details: string },
): void {
  socket.write(refusal(status, body, serverName), 'latin1');
  linger(socket);
  stats.requests++;
  options.onComplete?.(refusalRecord(client, status, body.length, details));
}

/** Ends a connection in such a way that the client can read what was written last. */
export function linger(socket: Socket): void {
  socket.end();
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

/** An answer to something that is not a request; the connection is closed after it. */
export function refusal(status: number, body: string, serverName: ServerName): string {
  const headers = refusalHeaders(body, serverName);
  const response = { status, headers, bodyLength: body.length, close: true };
  return `${encodeResponse(response, { method: '', version: '1.1' }).head}${body}`;
}

/** Names and values in turn; the length is the codec's to fill in. */
export function refusalHeaders(body: string, serverName: ServerName): string[] {
  const ofBody = body === '' ? [] : ['content-length', '', 'content-type', 'text/plain'];
  return withDateAndServer(ofBody, serverName);
}

/** The access record of bytes that were no request. */
export function refusalRecord(
  client: string,
  status: number,
  bytesSent: number,
  details: string,
): AccessRecord {
  return {
    startTime: Date.now(),
    method: '',
    path: '',
    authority: '',
    port: 0,
    protocol: status === 426 ? 'HTTP/1.0' : 'HTTP/1.1',
    status,
    flags: ['DPE'],
    details,
    bytesReceived: 0,
    bytesSent,
    durationMs: 0,
    upstreamDurationMs: undefined,
    forwardedFor: undefined,
    userAgent: undefined,
    requestId: undefined,
    upstreamHost: undefined,
    upstreamCluster: undefined,
    downstreamAddress: client,
    attempts: 0,
    decision: undefined,
  };
}
