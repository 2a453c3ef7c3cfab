/** Statuses of HTTP that have one of gRPC; every other is UNKNOWN (gRPC, http-grpc-status-mapping.md; recorded: `http-grpc-codes`). */
const statuses: ReadonlyMap<number, number> = new Map([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 14],
  [502, 14],
  [503, 14],
  [504, 14],
]);
const unknown = 2;

/**
 * Whether a request is a gRPC call to Envoy, by its content type: `application/grpc` or `application/grpc+proto`, but neither
 * `application/grpc-web` nor one with parameters. Every answer that the proxy gives to a call by itself is 200 with a `grpc-status`.
 */
export function isGrpc(contentType: string | undefined): boolean {
  if (contentType === undefined || !contentType.startsWith('application/grpc')) return false;
  const rest = contentType.charAt('application/grpc'.length);
  return rest === '' || rest === '+';
}

/** The `grpc-status` in which Envoy words a status of HTTP. */
export function grpcStatusOf(httpStatus: number): number {
  return statuses.get(httpStatus) ?? unknown;
}
