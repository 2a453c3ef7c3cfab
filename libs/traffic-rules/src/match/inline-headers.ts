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

/** Adds one more line to the value of an inline header, as Envoy does: with a comma and no blank, and an empty line adds nothing. */
export function joinLines(value: string, line: string): string {
  if (value === '') return line;
  return line === '' ? value : `${value},${line}`;
}
