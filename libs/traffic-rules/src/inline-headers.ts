/**
 * Request headers of which Envoy keeps one line (its "inline" headers): repeated lines are joined before a route is looked for, and the
 * upstream gets one line. Every other header stays line by line, `cookie` among them (recorded: `http-repeat-scan`).
 */
export const inlineHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-type',
  'grpc-timeout',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'origin',
  'pragma',
  'referer',
  'user-agent',
  'via',
  'x-client-trace-id',
  'x-envoy-downstream-service-cluster',
  'x-envoy-external-address',
  'x-envoy-original-path',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-request-id',
]);

/** The same for answers (Envoy 1.40, seen for each name): `set-cookie`, `link`, `www-authenticate` and names of one's own stay line by line. */
export const inlineResponseHeaders: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-allow-private-network',
  'access-control-expose-headers',
  'access-control-max-age',
  'age',
  'cache-control',
  'content-encoding',
  'content-type',
  'date',
  'etag',
  'expires',
  'grpc-message',
  'grpc-status',
  'last-modified',
  'location',
  'proxy-status',
  'server',
  'vary',
  'via',
  'x-envoy-attempt-count',
  'x-envoy-decorator-operation',
  'x-envoy-degraded',
  'x-envoy-immediate-health-check-fail',
  'x-envoy-ratelimited',
  'x-envoy-upstream-canary',
  'x-envoy-upstream-healthchecked-cluster',
  'x-request-id',
]);

/** Adds one more line to the value of an inline header, as Envoy does: with a comma and no blank, and an empty line adds nothing. */
export function joinLines(value: string, line: string): string {
  if (value === '') return line;
  return line === '' ? value : `${value},${line}`;
}
