import type { AccessRecord } from '../proxy/access-record.js';

/** A record of one request to hello.com, with some of it as wanted. */
export function accessRecord(wanted: Partial<AccessRecord> = {}): AccessRecord {
  return {
    startTime: Date.UTC(2026, 0, 2),
    method: 'GET',
    path: '/hello',
    authority: 'hello.com',
    port: 80,
    protocol: 'HTTP/1.1',
    status: 200,
    flags: [],
    details: 'via_upstream',
    bytesReceived: 0,
    bytesSent: 7,
    durationMs: 3,
    upstreamDurationMs: 2,
    forwardedFor: undefined,
    userAgent: undefined,
    requestId: 'an-id',
    upstreamHost: '127.0.0.1:1',
    upstreamCluster: 'outbound|80||hello-1.external',
    downstreamAddress: '127.0.0.1:9',
    attempts: 1,
    decision: undefined,
    ...wanted,
  };
}
