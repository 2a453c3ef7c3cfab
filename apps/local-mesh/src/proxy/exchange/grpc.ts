import { grpcStatusOf, isGrpc, joinLines } from '@grayscale/traffic-rules';
import { type HeaderList, headerValue } from '../message/header-list.js';
import type { ResponseHead } from '../message/response.js';
import type { LocalReply } from './local-reply.js';

/** Milliseconds of the units of `grpc-timeout`. */
const unitMs: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};
/** By the number of gRPC's status (https://cloud.google.com/apis/design/errors, as Envoy has it). */
const httpStatuses: readonly number[] = [
  ...[200, 499, 500, 400, 504, 404, 409, 403, 429],
  ...[400, 409, 400, 501, 500, 503, 500, 401],
];
const internalError = 500;
const mostDigits = 99_999_999;

export function isGrpcCall(headers: HeaderList): boolean {
  return isGrpc(headerValue(headers, 'content-type'));
}

/** An answer of the proxy's own in the words of gRPC: a status in the headers, and no body. */
export function asGrpc({ status, body, grpcStatus, ...rest }: LocalReply): LocalReply {
  const message = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
  return {
    ...rest,
    status: 200,
    body: '',
    call: [
      'content-type',
      'application/grpc',
      'grpc-status',
      String(grpcStatus ?? grpcStatusOf(status)),
      ...(message === '' ? [] : ['grpc-message', percentEncoded(message)]),
    ],
  };
}

/**
 * What an answer says of the health of its server: a call's status where it stands in the head, as a status of HTTP; one in trailers
 * does not count (Envoy, router.cc onUpstreamHeaders).
 */
export function statusForHealth({ status, headers }: ResponseHead, isCall: boolean): number {
  const grpcStatus = isCall ? headerValue(headers, 'grpc-status') : undefined;
  return grpcStatus === undefined ? status : (httpStatuses[Number(grpcStatus)] ?? internalError);
}

/** How long a caller waits for the whole answer, rounded up; undefined: it does not say. */
export function callTimeoutMs({ raw, names }: HeaderList): number | undefined {
  // Several lines are one value, which says nothing (recorded: `http-grpc-timeout-order`).
  const value = names.reduce(
    (joined, name, index) => (name === 'grpc-timeout' ? joinLines(joined, raw[2 * index + 1] ?? '') : joined),
    '',
  );
  const match = /^([0-9]{1,8})([HMSmun])$/.exec(value);
  return match === null ? undefined : Math.ceil(Number(match[1]) * (unitMs[match[2] as string] as number));
}

/** A `grpc-timeout`, in the smallest unit from milliseconds on that it fits in (Envoy, `Grpc::Common::toGrpcTimeout`). */
export function timeoutText(milliseconds: number): string {
  for (const unit of ['m', 'S', 'M'] as const) {
    const value = Math.floor(milliseconds / (unitMs[unit] as number));
    if (value <= mostDigits) return `${value}${unit}`;
  }
  return `${Math.floor(milliseconds / (unitMs.H as number))}H`;
}

/** gRPC over HTTP2: a message is in printable ASCII, and the rest in per cent. */
function percentEncoded(text: string): string {
  return text.replace(
    /[^ -$&-}]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
