import { formatAccessJson, formatAccessText } from './access-log-format.js';
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

/** Of a request that was too broken to be read. */
const unknown: AccessRecord = {
  ...record,
  method: '',
  path: '',
  authority: '',
  flags: [],
  details: '',
  userAgent: undefined,
  requestId: undefined,
  upstreamHost: undefined,
  upstreamCluster: undefined,
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

  it('writes - for what is not known', () => {
    expect(formatAccessText(unknown)).toBe(
      '[2026-11-23T01:02:03.004Z] "- - HTTP/1.1" 503 - 0 121 13 - "-" "-" "-" "-" "-"',
    );
    expect(formatAccessText({ ...unknown, upstreamDurationMs: 7, forwardedFor: '10.0.0.1' })).toContain(
      ' 13 7 "10.0.0.1" "-"',
    );
  });

  it('writes JSON with Envoy’s names', () => {
    const because = { reason: 'rule', rule: { name: 'canary' } };
    const decision = { kind: 'forward', because } as unknown as AccessRecord['decision'];
    expect(
      JSON.parse(formatAccessJson({ ...record, decision, upstreamDurationMs: 7, forwardedFor: 'x' })),
    ).toEqual({
      start_time: '2026-11-23T01:02:03.004Z',
      method: 'GET',
      path: '/hello?x=1',
      protocol: 'HTTP/1.1',
      response_code: 503,
      response_flags: 'UF,URX',
      response_code_details: 'upstream_reset_before_response_started{remote_connection_failure}',
      bytes_received: 0,
      bytes_sent: 121,
      duration: 13,
      upstream_service_time: 7,
      x_forwarded_for: 'x',
      user_agent: 'curl/8',
      request_id: 'b5c0',
      authority: 'hello.com',
      upstream_host: '127.0.0.1:43990',
      upstream_cluster: 'outbound|8080||hello.hello-1.svc.cluster.local',
      downstream_remote_address: '127.0.0.1:5000',
      route_name: 'canary',
    });
  });

  it('writes JSON with null for what is not known', () => {
    const because = { reason: 'unknown-host' };
    const decision = { kind: 'pass-through', because } as unknown as AccessRecord['decision'];
    for (const one of [unknown, { ...unknown, decision }])
      expect(JSON.parse(formatAccessJson(one))).toMatchObject({
        method: null,
        path: null,
        response_flags: '-',
        response_code_details: null,
        upstream_service_time: null,
        x_forwarded_for: null,
        user_agent: null,
        request_id: null,
        authority: null,
        upstream_host: null,
        upstream_cluster: null,
        route_name: null,
      });
  });
});
