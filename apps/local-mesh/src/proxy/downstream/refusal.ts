import { STATUS_CODES } from 'node:http';
import type { AccessRecord } from '../access-record.js';
import { statusLine, withDateAndServer } from '../headers/response-headers.js';

/** Envoy answers what its parser refuses with the status' own words. */
export function refusalBody(status: number, body?: string): string {
  return body ?? STATUS_CODES[status] ?? '';
}

/** An answer to something that is no request; the connection is closed after it. */
export function refusal(status: number, body: string): string {
  const headers = ['content-length', String(body.length)];
  if (body !== '') headers.push('content-type', 'text/plain');
  withDateAndServer(headers);
  let text = statusLine(status);
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}connection: close\r\n\r\n${body}`;
}

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
