import type { AccessRecord } from '../access-record.js';
import { withDateAndServer } from '../headers/response-headers.js';
import { encodeResponseHead } from '../http1/message-encoder.js';
import { reasonPhrase } from '../http1/reason-phrase.js';

/** Envoy answers what its parser refuses with the status' own words. */
export function refusalBody(status: number, body?: string): string {
  return body ?? reasonPhrase(status);
}

/** An answer to something that is not a request; the connection is closed after it. */
export function refusal(status: number, body: string): string {
  const headers = body === '' ? [] : ['content-length', '', 'content-type', 'text/plain'];
  withDateAndServer(headers);
  const framing = { kind: 'length', length: body.length } as const;
  return `${encodeResponseHead({ status, headers, framing, close: true })}${body}`;
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
