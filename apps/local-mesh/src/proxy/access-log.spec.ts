import { formatAccessJson, formatAccessText } from './access-log.js';
import type { AccessRecord } from './access-record.js';

const record: AccessRecord = {
  startTime: Date.UTC(2026, 10, 23, 1, 2, 3, 4),
  method: 'GET',
  path: '/hello?x=1',
  authority: 'hello.com',
  port: 80,
  protocol: 'HTTP/1.1',
  status: 503,
  flags: ['UF', 'URX'],
  details: 'upstream_reset_before_response_started{remote_connection_failure}',
  bytesReceived: 0,
  bytesSent: 121,
  durationMs: 12.6,
  upstreamDurationMs: undefined,
  forwardedFor: undefined,
  userAgent: 'curl/8',
  requestId: 'b5c0',
  upstreamHost: '127.0.0.1:43990',
  upstreamCluster: 'outbound|8080||hello.hello-1.svc.cluster.local',
  downstreamAddress: '127.0.0.1:5000',
  attempts: 3,
  decision: undefined,
};

describe('the access log', () => {
  it('writes the default text format of Envoy', () => {
    expect(formatAccessText(record)).toBe(
      '[2026-11-23T01:02:03.004Z] "GET /hello?x=1 HTTP/1.1" 503 UF,URX 0 121 13 - "-" "curl/8" "b5c0" "hello.com" "127.0.0.1:43990"',
    );
  });

  it('does not let a client write lines or fields of its own', () => {
    const line = formatAccessText({ ...record, userAgent: 'a" "b\r\nc\xe9\\' });
    expect(line).toContain(String.raw`"a\" \"b\x0d\x0ac\xe9\\"`);
    expect(line.split('\n')).toHaveLength(1);
  });

  it('writes JSON with null for what is not known', () => {
    expect(JSON.parse(formatAccessJson(record))).toMatchObject({
      response_code: 503,
      response_flags: 'UF,URX',
      upstream_service_time: null,
      upstream_cluster: 'outbound|8080||hello.hello-1.svc.cluster.local',
    });
  });
});
