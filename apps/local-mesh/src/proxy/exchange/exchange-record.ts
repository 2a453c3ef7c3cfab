import type { AccessRecord } from '../access-record.js';
import { headerValue } from './client-request.js';
import type { Exchange } from './exchange.js';

/** What the access log, the metrics and the events say of an exchange that is over. */
export function exchangeRecord(exchange: Exchange): AccessRecord {
  const { head, target } = exchange;
  return {
    startTime: exchange.startTime,
    method: head.method,
    path: target.path,
    authority: target.authority,
    port: target.port,
    protocol: 'HTTP/1.1',
    status: exchange.response.status,
    flags: exchange.flags,
    details: exchange.details,
    bytesReceived: exchange.body.bytes,
    bytesSent: exchange.response.bytesSent,
    durationMs: exchange.elapsedMs(),
    upstreamDurationMs: exchange.upstreamDurationMs,
    forwardedFor: headerValue(head, 'x-forwarded-for'),
    userAgent: headerValue(head, 'user-agent'),
    requestId: exchange.headers.requestId,
    upstreamHost: exchange.upstreamHost,
    upstreamCluster: exchange.upstreamCluster,
    downstreamAddress: exchange.client.address,
    attempts: exchange.attempts,
    decision: exchange.decision,
  };
}
